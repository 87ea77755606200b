import type { ConversationEvent } from '../../../src/domain/event.js';
import { digestId, messageDigest } from '../../../src/domain/message-digest.js';
import type { MessageContent } from '../../../src/domain/message.js';
import { MessageHistory } from '../../../src/events/history/message-history.js';
import { MatchingStore } from '../domain/matching-store.js';

const AT = new Date('2026-01-01T00:00:00Z');
const message: MessageContent = {
  author: { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null },
  ...{ text: 'Hello', attachments: [], cards: [] },
};
const event: ConversationEvent<'MESSAGE_ADDED'> = {
  ...{ id: 'e1', conversationId: 'c1', occurredAt: AT, receivedAt: AT, source: 'WEBHOOK' },
  type: 'MESSAGE_ADDED',
  data: { message, isEcho: false },
};

describe('a log that was written in front of the Chat API v2 and is read in front of the Chat Gateway', () => {
  const history = new MessageHistory(new MatchingStore(), () => AT.getTime(), true);
  const messageIdOf = (listedId: string) =>
    history.ofEvent({ event, cursor: '1', identity: { id: 'ee1', listedId, clientMessageId: null } })?.messageId;

  it('shows no digest of ours as the id of a message', () => {
    expect(messageIdOf(digestId(messageDigest(message), 1))).toBeNull();
  });

  it('shows the ids that the vendor has given', () => {
    expect(messageIdOf('m1')).toBe('m1');
  });
});
