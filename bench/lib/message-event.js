/** An event of a message of usual length, as a webhook brings it. */
export const messageEvent = (id, conversationId) => ({
  id,
  conversationId,
  occurredAt: new Date(),
  receivedAt: new Date(),
  source: 'WEBHOOK',
  type: 'MESSAGE_ADDED',
  data: {
    isEcho: false,
    message: {
      author: { participantId: 'agent-1', type: 'AGENT', name: 'Ada', language: 'en', removed: false },
      text: `A message of usual length, which says something and ends here: ${id}`,
      attachments: [],
      cards: [],
    },
  },
});
