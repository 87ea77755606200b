import { randomUUID } from 'node:crypto';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { EveryFieldDocument } from '../operations/operations.generated.js';
import type { EveryFieldSubscription } from '../operations/operations.generated.js';
import { CHAT_API_V2 } from '../support/generations.js';
import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import type { Results } from '../support/running-gateway.js';
import { createConversation } from './followed-conversation.js';

/** Which event becomes which: what it says beside its envelope, and all fields of its own of what a client gets. Shapes as the vendor describes them, values ours. */
type Row = readonly [what: string, payload: Readonly<Record<string, unknown>>, typename: string, type: string, fields: object];

const HAPPENED_AT = 1_767_225_600_000;

const person = (participantId: string, type: string, name: string | null = null) => ({
  participantId,
  type,
  name,
  language: null,
  removed: null,
});
const message = (fields: object) => ({
  messageId: null,
  clientMessageId: null,
  text: null,
  translatedText: null,
  attachments: [],
  cards: [],
  createdAt: new Date(HAPPENED_AT).toISOString(),
  ...fields,
});

/** Webhooks of version v2.0: flat. */
const V2_ROWS: readonly Row[] = [
  [
    'queued',
    { eventType: 'QUEUED', messageType: 'SYSTEM', queueId: 'q1', queueName: 'Sales' },
    ...(['InteractionQueued', 'INTERACTION_QUEUED', { queue: { queueId: 'q1', name: 'Sales' } }] as const),
  ],
  [
    'an agent joined',
    { eventType: 'AGENT_JOINED', messageType: 'SYSTEM', agentId: 'a1', agentName: 'Ana' },
    ...(['AgentJoined', 'AGENT_JOINED', { agent: { agentId: 'a1', name: 'Ana' } }] as const),
  ],
  [
    'a text of an agent',
    { eventType: 'TEXT', messageType: 'AGENT', agentId: 'a1', agentName: 'Ana', message: 'Hello' },
    ...([
      'MessageAdded',
      'MESSAGE_ADDED',
      { isEcho: false, message: message({ text: 'Hello', author: person('a1', 'AGENT', 'Ana') }) },
    ] as const),
  ],
  ['a transfer', { eventType: 'TRANSFER', messageType: 'SYSTEM' }, 'ConversationTransferred', 'CONVERSATION_TRANSFERRED', {}],
  [
    'an agent left, after a transfer',
    { eventType: 'AGENT_LEFT', messageType: 'SYSTEM', agentId: 'a1', agentName: 'Ana' },
    ...(['AgentLeft', 'AGENT_LEFT', { agent: { agentId: 'a1', name: 'Ana' }, endsInteraction: false }] as const),
  ],
  [
    'an event that is not known',
    { eventType: 'SURVEY', messageType: 'SYSTEM', answers: [1] },
    ...(['UnrecognizedEvent', 'UNRECOGNIZED', { eventType: 'SURVEY', raw: expect.objectContaining({ answers: [1] }) as unknown }] as const),
  ],
];

const activity = (name: string, value: unknown) => ({ eventType: 'ACTIVITY', data: { name, value } });
const members = (memberType: string, change: string, id: string) => ({ eventType: 'MEMBERS_CHANGED', data: { memberType, change, id } });

/** Webhooks of version Chat Gateway v1.0: an envelope around `data`. */
const CHAT_GATEWAY_ROWS: readonly Row[] = [
  [
    'queued',
    { eventType: 'QUEUED', data: { queueId: 'q1', queueName: 'Sales' } },
    ...(['InteractionQueued', 'INTERACTION_QUEUED', { queue: { queueId: 'q1', name: 'Sales' } }] as const),
  ],
  ['an agent joined', members('agent', 'joined', 'a1'), 'AgentJoined', 'AGENT_JOINED', { agent: { agentId: 'a1', name: null } }],
  ['the customer joined', members('user', 'joined', 'u1'), 'CustomerJoined', 'CUSTOMER_JOINED', {}],
  [
    'a message of an agent, with all that it can hold',
    {
      eventType: 'MESSAGE',
      data: {
        isEcho: false,
        sender: { id: 'a1', type: 'agent' },
        text: 'Hello',
        attachments: [{ id: 'f1', type: 'image/png', preSignedUrl: 'https://files.example/secret', fileName: 'a.png' }],
        cards: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
      },
    },
    'MessageAdded',
    'MESSAGE_ADDED',
    {
      isEcho: false,
      message: message({
        text: 'Hello',
        author: person('a1', 'AGENT'),
        attachments: [{ attachmentId: 'f1', filename: 'a.png', contentType: 'image/png' }],
        cards: [
          {
            cardId: null,
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: { type: 'AdaptiveCard' },
            submitted: false,
            executed: false,
          },
        ],
      }),
    },
  ],
  [
    'an echo of a customer',
    { eventType: 'MESSAGE', data: { isEcho: true, sender: { id: 'user', type: 'user' }, text: 'Hi', attachments: [], cards: [] } },
    ...(['MessageAdded', 'MESSAGE_ADDED', { isEcho: true, message: message({ text: 'Hi', author: person('user', 'CUSTOMER') }) }] as const),
  ],
  ['a transfer', { eventType: 'TRANSFER', data: {} }, 'ConversationTransferred', 'CONVERSATION_TRANSFERRED', {}],
  [
    'an agent left, after a transfer',
    members('agent', 'left', 'a1'),
    ...(['AgentLeft', 'AGENT_LEFT', { agent: { agentId: 'a1', name: null }, endsInteraction: false }] as const),
  ],
  [
    'a change of the conversation',
    {
      eventType: 'CONVERSATION_UPDATE',
      data: {
        state: 'active',
        assignment: { id: 'q1', type: 'queue', resourceId: 'q1' },
        user: {
          name: 'Mia',
          userId: 'm1',
          email: 'mia@example.com',
          phone: '1',
          company: 'ACME',
          caseId: 'c1',
          language: 'de',
          additionalProperties: [{ key: 'plan', value: 'gold' }],
        },
        msisdn: '2',
        channel: 'ChatAPI',
      },
    },
    'ConversationUpdated',
    'CONVERSATION_UPDATED',
    {
      upstreamState: 'active',
      channelType: 'CHAT_API',
      assignment: { type: 'QUEUE', targetId: 'q1' },
      customer: {
        name: 'Mia',
        customerId: 'm1',
        email: 'mia@example.com',
        phone: '1',
        company: 'ACME',
        caseId: 'c1',
        language: 'de',
        properties: [{ key: 'plan', value: 'gold' }],
      },
    },
  ],
  [
    'a card used',
    activity('adaptiveCard/action', { type: 'Action.Submit', data: { answer: 1 } }),
    ...(['CardActionInvoked', 'CARD_ACTION_INVOKED', { action: 'Action.Submit', data: { answer: 1 } }] as const),
  ],
  [
    'a quick reply chosen',
    activity('quickReply/action', { type: 'postback', data: { title: 'Yes', payload: 'yes' } }),
    ...(['QuickReplyChosen', 'QUICK_REPLY_CHOSEN', { title: 'Yes', payload: 'yes' }] as const),
  ],
  [
    'messages read',
    activity('read-receipts', [{ timestamp: HAPPENED_AT, users: [{ id: 'user', type: 'user' }] }]),
    'MessagesRead',
    'MESSAGES_READ',
    { readAt: new Date(HAPPENED_AT).toISOString(), reader: person('user', 'CUSTOMER') },
  ],
  [
    'what a channel has of its own',
    activity('story', { a: [1] }),
    'ChannelActivity',
    'CHANNEL_ACTIVITY',
    { name: 'story', value: { a: [1] } },
  ],
  [
    'typing',
    activity('typing', { users: [{ id: 'a1', type: 'agent' }] }),
    ...(['TypingChanged', 'TYPING_CHANGED', { typing: [person('a1', 'AGENT')] }] as const),
  ],
  ['the end of typing', activity('typing', { users: [] }), 'TypingChanged', 'TYPING_CHANGED', { typing: [] }],
  ['the customer left', members('user', 'left', 'u1'), 'CustomerLeft', 'CUSTOMER_LEFT', {}],
  [
    'an event that is not known',
    { eventType: 'SURVEY', data: { answers: [1] } },
    'UnrecognizedEvent',
    'UNRECOGNIZED',
    { eventType: 'SURVEY', raw: expect.objectContaining({ data: { answers: [1] } }) as unknown },
  ],
];

describe.each(SETTINGS)('events in version $generation.eventVersion, over $transport', ({ generation, transport }) => {
  const rows = generation === CHAT_API_V2 ? V2_ROWS : CHAT_GATEWAY_ROWS;
  const key = createSigningKey('known');
  let gateway: RunningGateway;
  let conversationId: string;
  let results: Results<EveryFieldSubscription>;
  beforeAll(async () => {
    // Nothing is settled: no event but those of the table.
    gateway = await RunningGateway.start({ generation, transport, simulator: { signingKey: key }, overrides: { settleDelaysMs: [] } });
    const { id, origin } = await createConversation(gateway);
    conversationId = id;
    await gateway.simulator.webhookSender.settled();
    results = gateway.subscribe(EveryFieldDocument, { id, after: origin });
    let type: string | undefined;
    while (type !== 'INTERACTION_QUEUED') type = (await results.next()).data?.conversationEvents.type;
  });
  afterAll(() => gateway.stop());

  it.each(rows)('report %s in all fields', async (_what, payload, __typename, type, fields) => {
    const { tenantId, customerId } = gateway.simulator;
    const eventId = randomUUID();
    const body = Buffer.from(JSON.stringify({ ...payload, conversationId, timestamp: HAPPENED_AT }));
    const headers = await signedHeaders({ body, tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now() }, key);
    const response = await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body });
    expect(response.status).toBe(204);
    const { data, errors } = await results.next();
    expect(errors).toBeUndefined();
    expect(data?.conversationEvents).toEqual({
      __typename,
      id: eventId,
      type,
      conversationId,
      ...fields,
      occurredAt: new Date(HAPPENED_AT).toISOString(),
      receivedAt: expect.any(String) as string,
    });
  });

  it('accept an address check without a signature', async () => {
    const body = JSON.stringify({ eventType: 'WEB_HOOK_VERIFY', notificationVersion: generation.eventVersion });
    const response = await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(response.status).toBe(204);
  });
});
