/** A conversation that is over, in the words of either generation. */
export const IDLE = {
  id: 'c1',
  state: 'idle',
  user: { name: 'Maria' },
  customer: { name: 'Maria' },
  interactions: [{ id: 'i1', startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-01T00:10:00Z' }],
};

/** Answers as of an upstream that has words nobody knows today, in the words of either generation. */
export function strangeAnswer(url: string): object {
  if (url.includes('/participants')) {
    const participants = [{ id: 'r1', type: 'robot', removed: 'perhaps' }];
    return { _embedded: { participants }, participants };
  }
  if (url.includes('/messages')) {
    const v1 = { id: 'm1', text: 7, createdAt: 'soon', author: { id: 'r1', type: 'robot' }, cards: [7] };
    return {
      _embedded: { messages: [v1] },
      page: {},
      messages: [{ text: 7, authorType: 'robot', participantId: 'r1', createdAt: 'soon' }],
    };
  }
  const interactions = [{ id: 'i1', startTime: 'then', endTime: null }];
  if (url.includes('/interactions')) return { _embedded: { interactions } };
  if (url.includes('/channels')) return { id: 'ch1', type: 'Telepathy', routingOptions: { type: 'committee', id: 'q1' } };
  const assignment = { type: 'committee', id: 'q1' };
  return { id: 'c1', channelId: 'ch1', state: 'hibernating', assignment, user: 'nobody', customer: 'nobody', interactions };
}
