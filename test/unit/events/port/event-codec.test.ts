import type { ConversationEvent } from '../../../../src/domain/event.js';
import { decodeEvent, encodeEvent } from '../../../../src/events/port/event-codec.js';

const base = { conversationId: 'c-1', occurredAt: new Date('2026-01-02T03:04:05.006Z'), receivedAt: new Date('2026-01-02T03:04:06.007Z') };
const message = {
  author: { participantId: 'user', type: 'CUSTOMER', name: null, language: null, removed: null },
  attachments: [],
  cards: [],
} as const;

const events: readonly ConversationEvent[] = [
  { id: 'e-1', ...base, type: 'MESSAGE_ADDED', data: { message: { ...message, text: 'a "quoted"\n\u2028 \ud800 text' }, isEcho: false } },
  {
    id: 'e-2',
    ...base,
    type: 'MESSAGES_READ',
    data: {
      readAt: new Date('2026-01-02T03:04:07.008Z'),
      reader: { participantId: 'user', type: 'CUSTOMER', name: null, language: null, removed: null },
    },
  },
  { id: 'e-"3"\\', ...base, conversationId: 'c-"\\', type: 'CUSTOMER_LEFT', data: {} },
  { id: 'e-4', ...base, conversationId: null, type: 'UNRECOGNIZED', data: { eventType: '', payload: [1, null, { a: 'b' }] } },
];

describe('the codec of events', () => {
  it.each(events.map((event) => [event.type, event] as const))('writes a %s as JSON does, and reads it back', (_type, event) => {
    const { id, conversationId, occurredAt, receivedAt, type, data } = event;
    expect(encodeEvent(event)).toBe(JSON.stringify({ id, conversationId, occurredAt, receivedAt, type, data }));
    expect(decodeEvent(encodeEvent(event))).toEqual(event);
  });
});
