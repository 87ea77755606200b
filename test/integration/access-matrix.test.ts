import { isInterfaceType, isObjectType } from 'graphql';
import { NODE_RULES, RULES } from '../../src/auth/rules.js';
import { buildSchema } from '../../src/resolvers/build-schema.js';
import { FederationResolver } from '../../src/resolvers/federation/federation-resolver.js';
import { toGlobalId } from '../../src/schema/global-id.js';
import type { NodeType } from '../../src/schema/global-id.js';
import { RunningGateway, TRANSPORTS } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { askAs, dataAs, firstResult, subscriberAs } from './access-client.js';
import type { Reply } from './access-client.js';

const ROLES = ['anonymous', 'customer by list', 'customer by id', 'service', 'admin'] as const;
type Role = (typeof ROLES)[number];
const PLACES = ['own', 'foreign', 'absent'] as const;
type Place = (typeof PLACES)[number];

/** What each viewer gets, of its own, of another customer's, and of what is not there. `services` and admins have nothing that is foreign. */
type Outcomes = readonly [own: string, foreign: string];
type Expected = Readonly<Record<'anonymous' | 'customer' | 'service' | 'admin', Outcomes>> & { readonly 'customer by list'?: Outcomes };
const same = (outcome: string): Outcomes => [outcome, outcome];
const UNKNOWN = same('UNAUTHENTICATED');
const OK = same('ok');
const READ: Expected = { anonymous: UNKNOWN, customer: ['ok', 'null'], service: OK, admin: OK };
const WRITTEN: Expected = { ...READ, customer: ['ok', 'hidden'] };
const FOLLOWED: Expected = { ...READ, customer: ['ok', 'NOT_FOUND'] };
const FOR_ALL: Expected = { anonymous: OK, customer: OK, service: OK, admin: OK };
const FOR_KNOWN: Expected = { ...FOR_ALL, anonymous: UNKNOWN };
const FOR_SERVICES: Expected = { ...FOR_KNOWN, customer: same('FORBIDDEN') };
const FOR_SERVICES_ELSE_NULL: Expected = { ...FOR_KNOWN, customer: same('null') };
const FOR_ADMINS: Expected = { ...FOR_SERVICES, service: same('FORBIDDEN') };
const FOR_ADMINS_ELSE_NULL: Expected = { ...FOR_SERVICES_ELSE_NULL, service: same('null') };
/** Behind a field that everybody may ask for who sees the conversation. */
const PART_FOR_SERVICES: Expected = { anonymous: UNKNOWN, customer: same('null'), service: OK, admin: OK };
const PART_FOR_ADMINS: Expected = { ...PART_FOR_SERVICES, service: same('null') };

/** What there is to ask for: of one conversation, or beside all of them. */
interface Things {
  readonly conversationId: string;
  readonly origin: string;
  readonly nodes: Readonly<Partial<Record<NodeType, string>>>;
}

type Case = readonly [name: string, expected: Expected, document: string, variables: (things: Things) => Record<string, unknown>];
const none = () => ({});
const byConversation = ({ conversationId }: Things) => ({ c: conversationId });
const query = (name: string, expected: Expected, field: string, type = '$c: ID!', variables: Case[3] = byConversation): Case => [
  `Query.${name}`,
  expected,
  `query(${type}) { asked: ${field} }`,
  variables,
];

const QUERIES: readonly Case[] = [
  query(
    'conversation',
    READ,
    'conversation(id: $c) { conversationId state customer { name } latestCursor typing { id } events(first: 1) { nodes { id } } }',
  ),
  query(
    'interaction',
    READ,
    'interaction(conversationId: $c, id: $i) { startedAt conversation { conversationId } }',
    '$c: ID!, $i: ID!',
    ({ conversationId, nodes }) => ({
      c: conversationId,
      i: nodes.Interaction,
    }),
  ),
  query(
    'message',
    READ,
    'message(conversationId: $c, id: $i) { text conversation { conversationId } }',
    '$c: ID!, $i: ID!',
    ({ conversationId, nodes }) => ({
      c: conversationId,
      i: nodes.Message,
    }),
  ),
  ['Query.viewer', FOR_ALL, '{ asked: viewer { role } }', none],
  ['Query.gateway', FOR_KNOWN, '{ asked: gateway { version upstream capabilities } }', none],
  ['Gateway.latestCursor', FOR_SERVICES, '{ asked: gateway { latestCursor } }', none],
  ['Query._service', FOR_SERVICES, '{ asked: _service { sdl } }', none],
  ['Query.conversations', FOR_KNOWN, '{ asked: conversations(first: 100) { nodes { conversationId } } }', none],
  ['Query.inbox', FOR_KNOWN, '{ asked: inbox { nodes { conversationId state unreadCount lastMessage { text } } } }', none],
  ['Query.channels', FOR_SERVICES, '{ asked: channels(first: 1) { nodes { name queue { queueId } } } }', none],
  ['Query.queues', FOR_SERVICES, '{ asked: queues { queueId name } }', none],
  ['Query.webhooks', FOR_ADMINS, '{ asked: webhooks(first: 1) { nodes { url } } }', none],
  [
    'Query.eventFeed',
    FOR_SERVICES,
    '{ asked: eventFeed(first: 1, shard: { index: 0, count: 1 }) { nodes { id } pageInfo { endCursor } } }',
    none,
  ],
  query('channel', FOR_SERVICES_ELSE_NULL, 'channel(id: $i) { name webhook { url } }', '$i: ID!', ({ nodes }) => ({ i: nodes.Channel })),
  query('webhook', FOR_ADMINS_ELSE_NULL, 'webhook(id: $i) { url }', '$i: ID!', ({ nodes }) => ({ i: nodes.Webhook })),
];

const NODES: readonly (readonly [NodeType, Expected])[] = [
  ['Conversation', READ],
  ['Message', READ],
  ['Interaction', READ],
  ['Participant', READ],
  ['Attachment', READ],
  ['Agent', FOR_SERVICES_ELSE_NULL],
  ['Channel', FOR_SERVICES_ELSE_NULL],
  ['Webhook', FOR_ADMINS_ELSE_NULL],
];
const NODE_QUERIES: readonly Case[] = NODES.flatMap(([type, expected]) => [
  [
    `Query.node (${type})`,
    expected,
    'query($i: ID!) { asked: node(id: $i) { id __typename } }',
    ({ nodes }) => ({ i: nodes[type] }),
  ] as const,
  [
    `Query._entities (${type})`,
    expected,
    'query($r: [_Any!]!) { asked: _entities(representations: $r) { __typename } }',
    ({ nodes }) => ({ r: [{ __typename: type, id: nodes[type] }] }),
  ] as const,
  [
    `Query.nodes (${type})`,
    expected,
    'query($i: ID!) { asked: nodes(ids: [$i]) { id __typename } }',
    ({ nodes }) => ({ i: nodes[type] }),
  ] as const,
]);

const mutation = (name: string, expected: Expected, input: (things: Things) => object): Case => [
  `Mutation.${name}`,
  expected,
  `mutation($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { asked: ${name}(input: $input) { userErrors { code field message } } }`,
  (things) => ({ input: input(things) }),
];
const inConversation =
  (more: object = {}) =>
  ({ conversationId }: Things) => ({ conversationId, ...more });

const MUTATIONS: readonly Case[] = [
  mutation('updateConversation', WRITTEN, inConversation({ customer: { name: 'Mia' } })),
  mutation('sendMessage', WRITTEN, inConversation({ text: 'hello' })),
  mutation('sendTyping', WRITTEN, inConversation()),
  mutation('markRead', WRITTEN, inConversation()),
  mutation('submitCard', WRITTEN, inConversation({ cardId: 'none' })),
  mutation('executeCard', WRITTEN, inConversation({ cardId: 'none' })),
  mutation('createAttachmentUpload', WRITTEN, inConversation({ filename: 'a.txt', contentType: 'text/plain', sizeBytes: 5 })),
  mutation('leaveConversation', WRITTEN, inConversation()),
  mutation('sendThinking', FOR_SERVICES, inConversation({ maxSeconds: 1 })),
  mutation('scheduleReturnToBot', FOR_SERVICES, inConversation({ webhookId: 'none' })),
  mutation('issueCustomerToken', FOR_SERVICES, ({ conversationId }) => ({ conversationIds: [conversationId] })),
  // With inputs that change nothing, where they are let through.
  mutation('createChannel', FOR_ADMINS, () => ({ name: '', queueId: 'q', webhookId: 'w' })),
  mutation('updateChannel', FOR_ADMINS, () => ({ channelId: 'none', name: '' })),
  mutation('deleteChannel', FOR_ADMINS, () => ({ channelId: 'none' })),
  mutation('createWebhook', FOR_ADMINS, () => ({ name: '', url: 'https://example.com/' })),
  mutation('updateWebhook', FOR_ADMINS, () => ({ webhookId: 'none', name: '' })),
  mutation('deleteWebhook', FOR_ADMINS, () => ({ webhookId: 'none' })),
  mutation('verifyWebhook', FOR_ADMINS, () => ({ url: 'http://127.0.0.1:1/' })),
  // Customers only where it is known which one they are.
  mutation('createConversation', { ...FOR_KNOWN, 'customer by list': same('FORBIDDEN') }, () => ({ channelId: '', customer: {} })),
  mutation('eraseConversation', FOR_SERVICES, () => ({ conversationId: '' })),
];

const SUBSCRIPTIONS: readonly Case[] = [
  [
    'Subscription.conversationEvents',
    FOLLOWED,
    'subscription($c: ID!, $after: String) { conversationEvents(conversationId: $c, after: $after) { id } }',
    following,
  ],
  [
    'Subscription.messageAdded',
    FOLLOWED,
    'subscription($c: ID!, $after: String) { messageAdded(conversationId: $c, after: $after) { id } }',
    following,
  ],
  [
    'Subscription.agentActivity',
    FOLLOWED,
    'subscription($c: ID!, $after: String) { agentActivity(conversationId: $c, after: $after) { __typename } }',
    following,
  ],
  [
    'Subscription.inboxChanged',
    FOR_KNOWN,
    'subscription($all: String) { inboxChanged(after: $all) { conversation { conversationId } } }',
    () => ({ all: start }),
  ],
  [
    'Subscription.allConversationEvents',
    FOR_SERVICES,
    'subscription($all: String) { allConversationEvents(after: $all) { id } }',
    () => ({ all: start }),
  ],
];
function following({ conversationId, origin }: Things) {
  return { c: conversationId, after: origin };
}

const PARTS: readonly Case[] = [
  [
    'Conversation.channel',
    PART_FOR_SERVICES,
    'query($c: ID!) { conversation(id: $c) { asked: channel { name webhook { url } } } }',
    byConversation,
  ],
  [
    'Channel.webhook, of a channel by its id',
    PART_FOR_ADMINS,
    'query($i: ID!) { channel(id: $i) { asked: webhook { url } } }',
    ({ nodes }) => ({ i: nodes.Channel }),
  ],
  [
    'Channel.webhook, of a listed channel',
    { ...FOR_ADMINS, service: same('null') },
    '{ channels(first: 1) { nodes { asked: webhook { url } } } }',
    none,
  ],
];

let gateway: RunningGateway;
let start: string;
let things: Record<Place, Things>;
let tokens: Record<Role, string | null>;
beforeAll(async () => {
  gateway = await RunningGateway.start({ config: { auth: WITH_SECRET, federation: true } });
  const admin = await signed({ scope: 'chat:admin', sub: 'root' });
  start = (await dataAs<{ latestCursor: string }>(gateway, admin, '{ gateway { latestCursor } }')).latestCursor;
  const [own, foreign] = [await thingsOf('mia', admin), await thingsOf('bob', admin)];
  const nodes = Object.fromEntries(
    NODES.map(([type]) => [
      type,
      type in own.nodes && !['Channel', 'Webhook', 'Agent'].includes(type) ? absentNode(type) : own.nodes[type],
    ]),
  );
  things = { own, foreign, absent: { conversationId: 'none', origin: own.origin, nodes } };
  tokens = {
    anonymous: null,
    'customer by list': await signed({ scope: 'chat:customer', sub: 'listed', conversations: [own.conversationId] }),
    'customer by id': await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' }),
    service: await signed({ scope: 'chat:service', sub: 'bot' }),
    admin,
  };
});
afterAll(() => gateway.stop());

const absentNode = (type: NodeType): string =>
  toGlobalId(type, ...['none', 'none', 'none'].slice(0, { Conversation: 1, Participant: 3 }[type as string] ?? 2));

/** A conversation of a customer, with an agent, messages and a file. */
async function thingsOf(customerId: string, admin: string): Promise<Things> {
  const input = { channelId: gateway.simulator.channelId, customer: { customerId, name: customerId } };
  const created = await dataAs<{ cursor: string; conversation: { conversationId: string } }>(
    gateway,
    admin,
    'mutation($input: CreateConversationInput!) { createConversation(input: $input) { cursor conversation { conversationId } } }',
    { input },
  );
  const { conversationId } = created.conversation;
  const agent = gateway.simulator.centre.agentAccepts(conversationId);
  gateway.simulator.centre.agentSays(conversationId, `Hello ${customerId}`);
  const attachmentId = await uploaded(conversationId, admin);
  await dataAs(gateway, admin, 'mutation($input: SendMessageInput!) { sendMessage(input: $input) { cursor } }', {
    input: { conversationId, attachmentIds: [attachmentId], sendAs: 'CUSTOMER' },
  });
  const events = 'query($c: ID!) { conversation(id: $c) { events(last: 100, types: [MESSAGE_ADDED]) { nodes { id } } } }';
  await untilTrue(
    async () => (await dataAs<{ events: { nodes: unknown[] } }>(gateway, admin, events, { c: conversationId })).events.nodes.length === 2,
  );
  const found = await dataAs<{
    id: string;
    participants: { id: string }[];
    interactions: { nodes: { id: string }[] };
    messages: { nodes: { id: string; attachments: { id: string }[] }[] };
    channel: { id: string; webhook: { id: string } | null };
  }>(
    gateway,
    admin,
    'query($c: ID!) { conversation(id: $c) { id participants { id } interactions(first: 1) { nodes { id } } messages(last: 1) { nodes { id attachments { id } } } channel { id webhook { id } } } }',
    { c: conversationId },
  );
  const message = found.messages.nodes[0];
  const nodes = {
    Conversation: found.id,
    Participant: found.participants[0]?.id ?? '',
    Interaction: found.interactions.nodes[0]?.id ?? '',
    Message: message?.id ?? '',
    Attachment: message?.attachments[0]?.id ?? '',
    Agent: toGlobalId('Agent', agent.id),
    Channel: found.channel.id,
    Webhook: found.channel.webhook?.id ?? '',
  };
  return { conversationId, origin: created.cursor, nodes };
}

async function uploaded(conversationId: string, token: string): Promise<string> {
  const { uploadUrl } = await dataAs<{ uploadUrl: string }>(
    gateway,
    token,
    'mutation($input: CreateAttachmentUploadInput!) { createAttachmentUpload(input: $input) { uploadUrl } }',
    { input: { conversationId, filename: 'a.txt', contentType: 'text/plain', sizeBytes: 5 } },
  );
  const response = await fetch(uploadUrl, { method: 'PUT', body: 'hello' });
  return ((await response.json()) as { attachmentId: string }).attachmentId;
}

/** In one word: what a client makes of a reply. */
function outcomeOf({ body }: Pick<Reply, 'body'>): string {
  const code = body.errors?.[0]?.extensions.code;
  if (code !== undefined) return code;
  const asked = find(body.data, 'asked');
  if (asked === null || (Array.isArray(asked) && asked[0] === null)) return 'null';
  const [error] = (asked as { userErrors?: { code: string; field: string[] | null }[] }).userErrors ?? [];
  return error?.code === 'NOT_FOUND' && error.field?.[0] === 'conversationId' ? 'hidden' : 'ok';
}

function find(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return name in value ? (value as Record<string, unknown>)[name] : find(Object.values(value)[0], name);
}

const expectedFor = (expected: Expected, role: Role): Outcomes =>
  (role === 'customer by list' ? expected[role] : undefined) ??
  expected[role === 'customer by list' || role === 'customer by id' ? 'customer' : role];
const cases = (list: readonly Case[]) => list.flatMap((one) => ROLES.map((role) => [one[0], role, one] as const));

describe('over HTTP', () => {
  it.each(cases([...QUERIES, ...NODE_QUERIES, ...PARTS, ...MUTATIONS]))(
    '%s, to the %s',
    async (_name, role, [, expected, document, variables]) => {
      const replies = await Promise.all(PLACES.map((place) => askAs(gateway, tokens[role], document, variables(things[place]))));
      const [own, foreign, absent] = replies as [Reply, Reply, Reply];
      expect([own, foreign].map(outcomeOf)).toEqual(expectedFor(expected, role));
      // To a customer, what is another's looks in every byte as what is not there.
      if (role.startsWith('customer')) expect(foreign).toEqual(absent);
    },
  );
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  it.each(cases(SUBSCRIPTIONS))('%s, to the %s', async (_name, role, [, expected, document, variables]) => {
    const client = subscriberAs(gateway, tokens[role], transport);
    const results = [];
    for (const place of PLACES) results.push(await firstResult(client, document, variables(things[place])));
    await client.dispose();
    const outcomes = results.map(({ errors, data }) => (errors?.[0]?.extensions['code'] as string | undefined) ?? (data ? 'ok' : 'null'));
    expect(outcomes.slice(0, 2)).toEqual(expectedFor(expected, role));
    if (role.startsWith('customer')) expect(JSON.stringify(results[1])).toBe(JSON.stringify(results[2]));
  });
});

it.each(['customer by list', 'customer by id'] as const)('lists to the %s its own conversations alone', async (role) => {
  const list = 'query($filter: ConversationFilter) { conversations(first: 10, filter: $filter) { totalCount nodes { conversationId } } }';
  const own = { totalCount: 1, nodes: [{ conversationId: things.own.conversationId }] };
  const ask = (filter: object | null) => dataAs(gateway, tokens[role], list, { filter });
  expect(await ask(null)).toEqual(own);
  expect(await ask({ customer: { customerId: 'mia' } })).toEqual(own);
  expect(await ask({ channelId: gateway.simulator.channelId })).toEqual(own);
  expect(await ask({ customer: { customerId: 'bob' } })).toEqual({ totalCount: 0, nodes: [] });
  expect(await ask({ channelId: 'another' })).toEqual({ totalCount: 0, nodes: [] });
});

describe('the schema', () => {
  const schema = buildSchema([FederationResolver]);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const rootFields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ''}.${field}`));
  const nodeTypes = schema.getPossibleTypes(schema.getType('Node') as never).map(({ name }) => name);

  it('has a rule for every root field and every node type, and none for others', () => {
    const ruled = Object.entries(RULES).flatMap(([type, fields]) => Object.keys(fields).map((field) => `${type}.${field}`));
    expect(ruled.filter((name) => /^(Query|Mutation|Subscription)\./.test(name)).sort()).toEqual([...rootFields].sort());
    for (const name of ruled) expect(schema.getType(name.split('.')[0] ?? '')).toHaveProperty('name');
    expect(Object.keys(NODE_RULES).sort()).toEqual([...nodeTypes].sort());
  });

  it('is in this matrix as a whole', () => {
    const asked = [...QUERIES, ...MUTATIONS, ...SUBSCRIPTIONS, ...NODE_QUERIES].map(([name]) => name.replace(/ .*/, ''));
    expect(rootFields.filter((name) => !asked.includes(name))).toEqual([]);
    expect(NODES.map(([type]) => type).sort()).toEqual([...nodeTypes].sort());
  });

  it('leads customers to no channel, webhook or service by any way', () => {
    const open = (type: string, field: string) => !['ADMINS', 'SERVICES'].includes(RULES[type]?.[field] ?? '');
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      const type = schema.getType(name);
      // Each type of node has rules of its own.
      const below =
        name === 'Node' || name === '_Entity'
          ? nodeTypes.filter((node) => NODE_RULES[node] === 'CONVERSATION')
          : isInterfaceType(type)
            ? schema.getPossibleTypes(type).map((one) => one.name)
            : [];
      below.forEach(visit);
      if (!isObjectType(type)) return;
      for (const field of Object.values(type.getFields())) if (open(name, field.name)) visit(String(field.type).replace(/[[\]!]/g, ''));
    };
    for (const root of roots) visit(root?.name ?? '');
    expect([...reached].filter((name) => /^(Channel|Webhook)(Connection|Edge)?$/.test(name))).toEqual([]);
    expect(reached).toContain('Message');
  });

  it('leads from a conversation to that conversation alone', () => {
    const leading = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) =>
        Object.values(type.getFields()).map((field) => ({
          name: `${type.name}.${field.name}`,
          to: String(field.type).replace(/[[\]!]/g, ''),
        })),
      )
      .filter(({ to }) => /^Conversation(Connection)?$/.test(to))
      .map(({ name }) => name);
    const events = schema.getPossibleTypes(schema.getType('ConversationEvent') as never).map(({ name }) => `${name}.conversation`);
    const payloads = MUTATIONS.map(([name]) => name.replace(/^Mutation\.(.)/, (_all, first: string) => first.toUpperCase())).map(
      (name) => `${name}Payload.conversation`,
    );
    const known = [
      'Query.conversation',
      'Query.conversations',
      'Message.conversation',
      'Interaction.conversation',
      'ConversationConnection.nodes',
      'ConversationEdge.node',
      'InboxConnection.nodes',
      'InboxEdge.node',
      'InboxEntry.conversation',
    ];
    expect(leading.filter((name) => ![...known, ...events, ...payloads].includes(name))).toEqual([]);
  });
});
