import { UNKNOWN_CUSTOMER } from '../../../../src/domain/customer.js';
import type { ConversationEvent, EventType } from '../../../../src/domain/event.js';
import type { EventData } from '../../../../src/domain/events/event-table.js';
import { ownEventId } from '../../../../src/domain/occurrence-times.js';
import { decodeEvent, encodeEvent } from '../../../../src/events/port/event-codec.js';

const times = { occurredAt: new Date('2026-01-02T03:04:05.006Z'), receivedAt: new Date('2026-01-02T03:04:06.007Z') };
const base = { conversationId: 'c-1', ...times, source: 'WEBHOOK' as const };
const author = { participantId: 'user', type: 'CUSTOMER', name: null, language: null, removed: null } as const;

/** Data of every type, all fields set. */
const DATA: { readonly [K in EventType]: EventData[K] } = {
  INTERACTION_QUEUED: { queue: { queueId: 'q-1', name: 'Sales' } },
  AGENT_JOINED: { agent: { agentId: 'a-1', name: 'Ana' } },
  AGENT_LEFT: { agent: { agentId: 'a-1', name: null } },
  CONVERSATION_TRANSFERRED: {},
  INTERACTION_ENDED: { reason: 'AGENT_LEFT', interactionId: 'i-1' },
  CUSTOMER_JOINED: {},
  CUSTOMER_LEFT: {},
  MESSAGE_ADDED: { message: { author, text: 'a "quoted"\n\u2028 \ud800 text', attachments: [], cards: [] }, isEcho: false },
  TYPING_CHANGED: { typing: [author] },
  MESSAGES_READ: { readAt: new Date('2026-01-02T03:04:07.008Z'), reader: author },
  CONVERSATION_UPDATED: {
    upstreamState: 'active',
    assignment: { type: 'QUEUE', targetId: 'q-1' },
    customer: UNKNOWN_CUSTOMER,
    channelType: 'SMS',
  },
  CARD_ACTION_INVOKED: { action: 'Action.Submit', data: { choice: 1 } },
  QUICK_REPLY_CHOSEN: { title: 'Yes', payload: null },
  CHANNEL_ACTIVITY: { name: 'wave', value: ['left'] },
  UNRECOGNIZED: { eventType: '', payload: [1, null, { a: 'b' }] },
};

const sourceOf = (type: string) => (type === 'INTERACTION_ENDED' ? 'GATEWAY' : 'WEBHOOK');
const events = Object.entries(DATA).map(
  ([type, data]) => ({ ...base, source: sourceOf(type), id: `e-"${type}"\\`, type, data }) as ConversationEvent,
);

describe('the codec of events', () => {
  it.each(events.map((event) => [event.type, event] as const))(
    'writes %s as JSON does, and restores it, dates included',
    (_type, event) => {
      const { id, conversationId, occurredAt, receivedAt, type, data } = event;
      const stored = event.source === 'WEBHOOK' ? {} : { source: event.source };
      expect(encodeEvent(event)).toBe(JSON.stringify({ id, conversationId, occurredAt, receivedAt, ...stored, type, data }));
      expect(decodeEvent(encodeEvent(event))).toEqual(event);
    },
  );

  it.each(['WEBHOOK', 'GATEWAY', 'HISTORY'] as const)('restores the source %s', (source) => {
    const event: ConversationEvent = { ...base, id: 'e-1', source, type: 'CUSTOMER_JOINED', data: {} };
    expect(decodeEvent(encodeEvent(event))).toEqual(event);
  });

  it.each([
    ['e-1', 'CUSTOMER_LEFT', 'WEBHOOK'],
    [ownEventId('1'), 'CUSTOMER_LEFT', 'GATEWAY'],
    ['ended-1', 'INTERACTION_ENDED', 'GATEWAY'],
  ])('works out the source of %s, a %s that was stored without one', (id, type, source) => {
    const stored = { id, conversationId: 'c-1', ...times, type, data: {} };
    expect(decodeEvent(JSON.stringify(stored))).toEqual({ ...stored, source });
  });

  it('restores an event without a conversation', () => {
    const event: ConversationEvent = { ...base, id: 'e-1', conversationId: null, type: 'UNRECOGNIZED', data: DATA.UNRECOGNIZED };
    expect(decodeEvent(encodeEvent(event))).toEqual(event);
  });

  it.each(['TYPE_OF_A_NEWER_VERSION', 'constructor'])('reads the unknown type %s as UNRECOGNIZED', (type) => {
    const newer = { ...base, id: 'e-1', type, data: { tag: 'vip' } } as unknown as ConversationEvent;
    expect(decodeEvent(encodeEvent(newer))).toEqual({ ...newer, type: 'UNRECOGNIZED', data: { eventType: type, payload: { tag: 'vip' } } });
  });
});
