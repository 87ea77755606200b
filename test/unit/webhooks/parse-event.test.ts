import { UNKNOWN_CUSTOMER } from '../../../src/domain/customer.js';
import type { ConversationEvent, EventType } from '../../../src/domain/event.js';
import { EVENT_TYPES } from '../../../src/domain/events/event-table.js';
import type { MessageRecord } from '../../../src/domain/message.js';
import { parseEvent } from '../../../src/webhooks/parse-event.js';
import { asOf, connect } from '../datasources/chat-gateway-v1/with-upstream.js';
import { json } from '../datasources/scripted-upstream.js';
import { testWebhookFormat } from './test-webhook-format.js';

const receivedAt = new Date('2026-01-01T00:00:05Z');
const occurredAt = new Date('2026-01-01T00:00:00Z');
const timestamp = occurredAt.getTime();

const parse = (payload: unknown): ConversationEvent => parseEvent(payload, { eventId: 'e-1', receivedAt }, testWebhookFormat());
const person = (participantId: string, type: string, name: string | null = null) => ({
  participantId,
  type,
  name,
  language: null,
  removed: null,
});

const plainCard = { cardId: null, submitted: false, executed: false };

/** The same message as the Chat Gateway's history shows it. */
async function inHistory(listed: unknown): Promise<MessageRecord | null> {
  const connected = await connect();
  try {
    connected.upstream.script = json(200, listed);
    return await connected.api.message('c1', 'm1', asOf);
  } finally {
    await connected.close();
  }
}

type Row = [name: string, payload: Record<string, unknown>, type: string, data: unknown];

/** Shapes as in the vendor's description of its webhooks, values ours. */
const v2: Row[] = [
  [
    'QUEUED',
    { eventType: 'QUEUED', messageType: 'SYSTEM', queueId: '101', queueName: 'Billing' },
    'INTERACTION_QUEUED',
    { queue: { queueId: '101', name: 'Billing' } },
  ],
  ['QUEUED of a nameless queue', { eventType: 'QUEUED', queueId: 101 }, 'INTERACTION_QUEUED', { queue: { queueId: '101', name: null } }],
  [
    'AGENT_JOINED',
    { eventType: 'AGENT_JOINED', agentId: 'a1', agentName: 'Ana' },
    'AGENT_JOINED',
    { agent: { agentId: 'a1', name: 'Ana' } },
  ],
  ['AGENT_LEFT', { eventType: 'AGENT_LEFT', agentId: 'a1', agentName: 'Ana' }, 'AGENT_LEFT', { agent: { agentId: 'a1', name: 'Ana' } }],
  ['TRANSFER', { eventType: 'TRANSFER', messageType: 'SYSTEM' }, 'CONVERSATION_TRANSFERRED', {}],
  [
    'TEXT',
    { eventType: 'TEXT', messageType: 'AGENT', agentId: 'a1', agentName: 'Ana', message: 'Hello' },
    'MESSAGE_ADDED',
    { message: { author: person('a1', 'AGENT', 'Ana'), text: 'Hello', attachments: [], cards: [] }, isEcho: false },
  ],
];

const activity = (name: string, value: unknown) => ({ eventType: 'ACTIVITY', data: { name, value } });
const message = (data: Record<string, unknown>) => ({ eventType: 'MESSAGE', data });

const chatGateway: Row[] = [
  [
    'QUEUED',
    { eventType: 'QUEUED', data: { queueId: '101', queueName: 'Billing' } },
    'INTERACTION_QUEUED',
    { queue: { queueId: '101', name: 'Billing' } },
  ],
  [
    'an agent who joined',
    { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'joined', id: 'a1' } },
    'AGENT_JOINED',
    { agent: { agentId: 'a1', name: null } },
  ],
  [
    'an agent who left',
    { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'left', id: 'a1' } },
    'AGENT_LEFT',
    { agent: { agentId: 'a1', name: null } },
  ],
  [
    'a customer who joined',
    { eventType: 'MEMBERS_CHANGED', data: { memberType: 'user', change: 'joined', id: 'u1' } },
    'CUSTOMER_JOINED',
    {},
  ],
  ['a customer who left', { eventType: 'MEMBERS_CHANGED', data: { memberType: 'user', change: 'left', id: 'u1' } }, 'CUSTOMER_LEFT', {}],
  ['TRANSFER without data', { eventType: 'TRANSFER' }, 'CONVERSATION_TRANSFERRED', {}],
  ['TRANSFER with data', { eventType: 'TRANSFER', data: {} }, 'CONVERSATION_TRANSFERRED', {}],
  [
    'a plain MESSAGE',
    message({ isEcho: false, sender: { id: 'a1', type: 'agent' }, text: 'Hello', attachments: [], cards: [] }),
    'MESSAGE_ADDED',
    { message: { author: person('a1', 'AGENT'), text: 'Hello', attachments: [], cards: [], externalProvider: null }, isEcho: false },
  ],
  [
    'a MESSAGE with all there is',
    message({
      isEcho: true,
      sender: { id: 'u1', type: 'user' },
      text: null,
      attachments: [
        { id: 'f1', type: 'image/png', preSignedUrl: 'https://files.example/f1?signature=x', fileName: 'cat.png' },
        { id: 2, type: 'image' },
      ],
      cards: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { body: [] } }, { contentType: 'x' }],
    }),
    'MESSAGE_ADDED',
    {
      message: {
        author: person('u1', 'CUSTOMER'),
        text: null,
        attachments: [
          { attachmentId: 'f1', filename: 'cat.png', contentType: 'image/png', kind: 'IMAGE' },
          { attachmentId: '2', filename: null, contentType: null, kind: 'IMAGE' },
        ],
        cards: [
          {
            cardId: null,
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: { body: [] },
            submitted: false,
            executed: false,
          },
          { cardId: null, contentType: 'x', content: null, submitted: false, executed: false },
        ],
        externalProvider: null,
      },
      isEcho: true,
    },
  ],
  ...['bot BOT', 'system SYSTEM', 'parrot OTHER', 'USER CUSTOMER'].map((words): Row => {
    const [raw = '', type = ''] = words.split(' ');
    const data = { message: { author: person('x', type), text: 'Hi', attachments: [], cards: [], externalProvider: null }, isEcho: false };
    return [`a MESSAGE of a ${raw}`, message({ sender: { id: 'x', type: raw }, text: 'Hi' }), 'MESSAGE_ADDED', data];
  }),
  [
    'CONVERSATION_UPDATE',
    {
      eventType: 'CONVERSATION_UPDATE',
      data: {
        state: 'active',
        assignment: { id: '101', type: 'queue', resourceId: 'r1' },
        user: {
          name: 'Max',
          userId: 'u1',
          email: 'max@example.com',
          phone: '+40',
          company: 'Acme',
          caseId: 7,
          language: 'en',
          timezoneOffset: -300,
          ipaddress: '192.0.2.1',
          additionalProperties: [
            { key: 'tier', value: 'gold' },
            { key: 'since', value: 2020 },
            { key: 'odd', value: {} },
            { value: 'keyless' },
          ],
        },
        msisdn: '+41',
        channel: 'WhatsApp',
      },
    },
    'CONVERSATION_UPDATED',
    {
      upstreamState: 'active',
      assignment: { type: 'QUEUE', targetId: '101' },
      customer: {
        name: 'Max',
        customerId: 'u1',
        email: 'max@example.com',
        phone: '+40',
        company: 'Acme',
        caseId: '7',
        language: 'en',
        timezoneOffsetMinutes: -300,
        ipAddress: '192.0.2.1',
        properties: [
          { key: 'tier', value: 'gold' },
          { key: 'since', value: '2020' },
          { key: 'odd', value: null },
        ],
      },
      channelType: 'WHATSAPP',
    },
  ],
  [
    'a CONVERSATION_UPDATE of next to nothing',
    { eventType: 'CONVERSATION_UPDATE', data: {} },
    'CONVERSATION_UPDATED',
    { upstreamState: null, assignment: null, customer: null, channelType: null },
  ],
  [
    'a CONVERSATION_UPDATE of words not known today',
    {
      eventType: 'CONVERSATION_UPDATE',
      data: { state: 'asleep', assignment: { type: 'robot', resourceId: 'r1' }, channel: 'Pigeon', msisdn: 41 },
    },
    'CONVERSATION_UPDATED',
    {
      upstreamState: 'asleep',
      assignment: { type: 'OTHER', targetId: 'r1' },
      customer: { ...UNKNOWN_CUSTOMER, phone: '41' },
      channelType: 'OTHER',
    },
  ],
  ['typing', activity('typing', { users: [{ id: 'a1', type: 'agent' }] }), 'TYPING_CHANGED', { typing: [person('a1', 'AGENT')] }],
  ['typing that stopped', activity('typing', { users: [] }), 'TYPING_CHANGED', { typing: [] }],
  ['typing of another shape', activity('typing', { users: [{}] }), 'CHANNEL_ACTIVITY', { name: 'typing', value: { users: [{}] } }],
  [
    'a card submitted',
    activity('adaptiveCard/action', { type: 'Action.Submit', data: { a: 1 } }),
    'CARD_ACTION_INVOKED',
    { action: 'Action.Submit', data: { a: 1 } },
  ],
  [
    'a card executed',
    activity('adaptiveCard/action', { type: 'Action.Execute' }),
    'CARD_ACTION_INVOKED',
    { action: 'Action.Execute', data: null },
  ],
  [
    'a card action without a type',
    activity('adaptiveCard/action', { data: 1 }),
    'CHANNEL_ACTIVITY',
    { name: 'adaptiveCard/action', value: { data: 1 } },
  ],
  [
    'a quick reply',
    activity('quickReply/action', { type: 'postback', data: { title: 'Yes', payload: 'y' } }),
    'QUICK_REPLY_CHOSEN',
    { title: 'Yes', payload: 'y' },
  ],
  [
    'a quick reply without a payload',
    activity('quickReply/action', { data: { title: 'Yes' } }),
    'QUICK_REPLY_CHOSEN',
    { title: 'Yes', payload: null },
  ],
  [
    'a quick reply whose payload is no text',
    activity('quickReply/action', { data: { title: 'Yes', payload: {} } }),
    'CHANNEL_ACTIVITY',
    { name: 'quickReply/action', value: { data: { title: 'Yes', payload: {} } } },
  ],
  [
    'a read receipt',
    activity('read-receipts', [{ timestamp, users: [{ id: 'u1', type: 'user' }] }]),
    'MESSAGES_READ',
    { readAt: occurredAt, reader: person('u1', 'CUSTOMER') },
  ],
  [
    'receipts of one reader, the latest of them',
    activity('read-receipts', [
      { timestamp: String(timestamp), users: ['u1'] },
      { timestamp: 5, users: ['u1'] },
    ]),
    'MESSAGES_READ',
    { readAt: occurredAt, reader: person('u1', 'OTHER') },
  ],
  [
    'receipts of several readers',
    activity('read-receipts', [{ timestamp, users: [{ id: 'u1' }, { id: 'u2' }] }]),
    'CHANNEL_ACTIVITY',
    { name: 'read-receipts', value: [{ timestamp, users: [{ id: 'u1' }, { id: 'u2' }] }] },
  ],
  ['receipts of another shape', activity('read-receipts', { at: 1 }), 'CHANNEL_ACTIVITY', { name: 'read-receipts', value: { at: 1 } }],
  ['no receipts', activity('read-receipts', []), 'CHANNEL_ACTIVITY', { name: 'read-receipts', value: [] }],
  ['an activity of its channel', activity('wave', { hand: 'left' }), 'CHANNEL_ACTIVITY', { name: 'wave', value: { hand: 'left' } }],
  ['an activity without a value', { eventType: 'ACTIVITY', data: { name: 'wave' } }, 'CHANNEL_ACTIVITY', { name: 'wave', value: null }],
  ['an activity with a name of every object', activity('constructor', 1), 'CHANNEL_ACTIVITY', { name: 'constructor', value: 1 }],
];

/** A message of which something cannot be read, and what is left of it. */
const partly: [name: string, fields: Record<string, unknown>, left: Record<string, unknown>][] = [
  ['a sender without an id', { sender: { type: 'bot' } }, { author: person('bot', 'BOT') }],
  ['no sender', { sender: undefined }, { author: person('unknown', 'OTHER') }],
  ['a text that is none', { text: {} }, { text: null }],
  ['attachments that are no list', { attachments: 'f1' }, {}],
  [
    'an attachment without an id',
    { attachments: [{ type: 'image' }, { id: 'f1', type: 'audio' }] },
    { attachments: [{ attachmentId: 'f1', filename: null, contentType: null, kind: 'AUDIO' }] },
  ],
  [
    'a card without a type',
    { cards: [{ content: { body: [] } }, 'none'] },
    { cards: [{ ...plainCard, contentType: 'application/vnd.microsoft.card.adaptive', content: { body: [] } }] },
  ],
];

/** Types that no webhook brings: the gateway itself appends them. */
const OWN: readonly EventType[] = ['INTERACTION_ENDED'];

describe('parseEvent', () => {
  it("reads every event type but the gateway's own, each shown by a row above", () => {
    const read = [...v2, ...chatGateway].map(([, , type]) => type);
    expect(new Set([...read, ...OWN, 'UNRECOGNIZED'])).toEqual(new Set(EVENT_TYPES));
  });

  it.each(partly)('reads a MESSAGE with %s as its history does, and leaves out no message', async (_name, fields, left) => {
    const data = { isEcho: false, sender: { id: 'a1', type: 'agent' }, text: 'Hi', attachments: [], cards: [], ...fields };
    const event = parse({ ...message(data), conversationId: 'c1', timestamp });
    const content = { author: person('a1', 'AGENT'), text: 'Hi', attachments: [], cards: [], externalProvider: null, ...left };
    expect(event).toMatchObject({ type: 'MESSAGE_ADDED', data: { message: content, isEcho: false } });
    const { sender, ...listed } = data;
    expect(await inHistory({ ...listed, author: sender })).toMatchObject(content);
  });

  it.each(['Interactive', 'Location', 'Template', 'Suggestions', 'Buttons', 'Carousel', 'application/8x8.quick.replies'])(
    'hands on a card of the type %s',
    (contentType) => {
      const fields = message({ sender: { id: 'a1', type: 'agent' }, cards: [{ contentType, content: { a: 1 } }] });
      const event = parse({ ...fields, conversationId: 'c1', timestamp });
      expect(event).toMatchObject({
        type: 'MESSAGE_ADDED',
        data: { message: { cards: [{ ...plainCard, contentType, content: { a: 1 } }] } },
      });
    },
  );

  it('reads where a message is held, in place of its text', () => {
    const externalProvider = { name: 'X', externalMessageId: '17' };
    const event = parse({ ...message({ sender: { id: 'u1', type: 'user' }, externalProvider }), conversationId: 'c1', timestamp });
    expect(event).toMatchObject({ type: 'MESSAGE_ADDED', data: { message: { text: null, externalProvider } } });
  });

  it.each(v2)('reads %s of version v2.0', (_name, fields, type, data) => {
    expect(parse({ ...fields, conversationId: 'c1', timestamp })).toEqual({
      id: 'e-1',
      conversationId: 'c1',
      occurredAt,
      receivedAt,
      source: 'WEBHOOK',
      type,
      data,
    });
  });

  it.each(chatGateway)('reads %s of Chat Gateway v1.0', (_name, fields, type, data) => {
    expect(parse({ ...fields, conversationId: 'c1', timestamp })).toEqual({
      id: 'e-1',
      conversationId: 'c1',
      occurredAt,
      receivedAt,
      source: 'WEBHOOK',
      type,
      data,
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an unknown type', { eventType: 'SURVEY', data: { score: 5 } }],
    ['a type that every object has', { eventType: 'toString' }],
    ['a queue without an id', { eventType: 'QUEUED', queueName: 'Billing' }],
    ['a queue with an empty id', { eventType: 'QUEUED', data: { queueId: '' } }],
    ['an agent without an id', { eventType: 'AGENT_JOINED', agentName: 'Ana' }],
    ['a TEXT without a text', { eventType: 'TEXT', agentId: 'a1' }],
    ['a bot who joined', { eventType: 'MEMBERS_CHANGED', data: { memberType: 'bot', change: 'joined', id: 'b1' } }],
    ['an agent who did neither', { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'slept', id: 'a1' } }],
    ['a member changed without an id', { eventType: 'MEMBERS_CHANGED', data: { memberType: 'agent', change: 'left' } }],
    ['data that is a list', { eventType: 'MESSAGE', data: [] }],
    ['an activity without a name', { eventType: 'ACTIVITY', data: { value: 1 } }],
  ])('keeps %s as it came', (_name, fields) => {
    const payload = { ...fields, conversationId: 'c1', timestamp };
    expect(parse(payload)).toEqual({
      id: 'e-1',
      conversationId: 'c1',
      occurredAt,
      receivedAt,
      source: 'WEBHOOK',
      type: 'UNRECOGNIZED',
      data: { eventType: fields['eventType'], payload },
    });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 5],
    ['a string', 'hello'],
    ['a list', [{ eventType: 'TRANSFER', conversationId: 'c1' }]],
    ['an empty object', {}],
    ['a type that is no text', { eventType: { a: 1 } }],
  ])('keeps JSON that is %s', (_name, payload) => {
    expect(parse(payload)).toEqual({
      id: 'e-1',
      conversationId: null,
      occurredAt: receivedAt,
      receivedAt,
      source: 'WEBHOOK',
      type: 'UNRECOGNIZED',
      data: { eventType: '', payload },
    });
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty', ''],
    ['an endless', 'c'.repeat(256)],
    ['an unprintable', 'c\u00001'],
    ['a half', 'c\ud800'],
    ['an object for a', {}],
  ])('does not recognize an event with %s conversation id', (_name, conversationId) => {
    expect(parse({ eventType: 'TRANSFER', conversationId, timestamp })).toMatchObject({ conversationId: null, type: 'UNRECOGNIZED' });
  });

  it('accepts a numeric conversation id', () => {
    expect(parse({ eventType: 'TRANSFER', conversationId: 17, timestamp })).toMatchObject({
      conversationId: '17',
      type: 'CONVERSATION_TRANSFERRED',
    });
  });

  it.each<[string, unknown, Date]>([
    ['digits', String(timestamp), occurredAt],
    ['RFC 3339', '2026-01-01T00:00:00Z', occurredAt],
    ['zero', 0, new Date(0)],
    ['the last moment of the year 9999', 253_402_300_799_999, new Date(253_402_300_799_999)],
    ['the moment after it', 253_402_300_800_000, receivedAt],
    ['an endless number', 1e308, receivedAt],
    ['words', 'today', receivedAt],
    ['an empty string', '', receivedAt],
    ['a date that is none', '2026-13-45T00:00:00Z', receivedAt],
    ['null', null, receivedAt],
    ['true', true, receivedAt],
    ['a list', [1], receivedAt],
  ])('reads a timestamp of %s', (_name, given, expected) => {
    expect(parse({ eventType: 'TRANSFER', conversationId: 'c1', timestamp: given }).occurredAt).toEqual(expected);
  });

  it.each(['[', '{"a":'])('keeps an event with 100,000 levels of %s in a form that can be serialized', (opening) => {
    const deep = opening.repeat(100_000) + '1' + (opening === '[' ? ']' : '}').repeat(100_000);
    const event = parse(JSON.parse(`{"eventType":"ACTIVITY","conversationId":"c1","data":{"name":"deep","value":${deep}}}`));
    expect(event).toMatchObject({ conversationId: 'c1', type: 'CHANNEL_ACTIVITY' });
    expect(JSON.stringify(event).length).toBeLessThan(3_000);
    expect(() => JSON.stringify(parse(JSON.parse(deep)))).not.toThrow();
  });

  it('leaves 150 levels as they are', () => {
    const value = JSON.parse('['.repeat(150) + ']'.repeat(150)) as unknown;
    expect(parse({ ...activity('deep', value), conversationId: 'c1' }).data).toEqual({ name: 'deep', value });
  });

  it.each(['', '['.repeat(300) + ']'.repeat(300)])('reads a key __proto__ as an ordinary key', (deep) => {
    const event = parse(
      JSON.parse(`{"__proto__":{"conversationId":"c9","eventType":"TRANSFER"},"eventType":"X"${deep === '' ? '' : `,"deep":${deep}`}}`),
    );
    expect(event).toMatchObject({ type: 'UNRECOGNIZED', conversationId: null });
    const { payload } = event.data as { payload: object };
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
    expect(Object.keys(payload)).toContain('__proto__');
    expect(({} as Record<string, unknown>)['conversationId']).toBeUndefined();
  });

  it('keeps no pre-signed URL of a message', () => {
    const sent = message({
      sender: { id: 'a1', type: 'agent' },
      text: 'x',
      attachments: [{ id: 'f1', preSignedUrl: 'https://files.example/f1' }],
    });
    expect(JSON.stringify(parse({ ...sent, conversationId: 'c1' }))).not.toContain('files.example');
  });
});
