import { fromGlobalId, toGlobalId } from '../../../src/schema/global-id.js';
import type { KnownValues, Place } from '../random-execution/random-values.js';
import type { SeededGateway } from './seeded-conversations.js';

const PAGE_SIZES = [1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 10, 100];
const NO_PAGE_SIZES = [0, -1, 101, 2_147_483_647];
/** What would be run if it were written into code as it is. */
const CODE = ['${process.exit(3)}', '"+process.exit(3)+"', "'+process.exit(3)+'", '`', '\\', '\u2028*/'];
const NO_IDS = [
  ...CODE,
  '',
  'none',
  '__proto__',
  'constructor',
  '.',
  '..',
  '../x',
  '?a=b',
  '\ud800',
  'a b',
  'Q29udmVyc2F0aW9uOg',
  'é\u0000',
  'c'.repeat(3_000),
];
const NO_CURSORS = ['', 'none', '__proto__', 'AAAA', '0', '\ud800', '..', 'é'.repeat(2_000)];
const NO_ENTITIES = [
  {},
  [],
  'text',
  { __typename: 'constructor', id: 'x' },
  { __typename: '__proto__', id: 'x' },
  { __typename: 'Query' },
  { __typename: 'Conversation', id: {} },
  { __typename: 'Message', id: ['x'] },
  { __typename: 5, id: 5 },
  { __typename: 'Conversation', conversationId: 5 },
];
const TEXTS = [...CODE, 'hello', '', ' ', 'x'.repeat(300), 'a\u0000b', '\ud800', '👍'];

const THINGS = `{
  conversations(first: 15) {
    edges {
      cursor
      node {
        id conversationId latestCursor readCursor
        messages(last: 4) { edges { cursor node { id messageId attachments { id attachmentId } cards { cardId } author { id } } } }
        interactions(last: 4) { edges { cursor node { id interactionId } } }
        events(last: 20) { edges { cursor node { id ... on AgentJoined { agent { id } } } } }
      }
    }
  }
  inbox(first: 5) { edges { cursor } latestCursor }
  gateway { latestCursor }
  eventFeed(first: 1) { pageInfo { endCursor } }
  channels(first: 10) { edges { cursor node { id channelId queue { queueId } } } }
  webhooks(first: 10) { edges { cursor node { id webhookId } } }
}`;

/** Strings of properties with these names, anywhere in a value. */
function collect(value: unknown, names: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => collect(item, names));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    typeof item === 'string' ? (names.includes(name) ? [item] : []) : collect(item, names),
  );
}

/** Properties with this name, anywhere in a value. */
function partsOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => partsOf(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]): unknown[] => (key === name ? [item] : partsOf(item, name)));
}

/** Arguments that mean something to a gateway: ids and cursors of all there is, beside some of nothing. */
export async function knownArguments({ asker, own, foreign }: SeededGateway): Promise<KnownValues> {
  const { data, errors } = await asker.ask({ query: THINGS }, 'ADMIN');
  if (errors.length > 0) throw new Error(`nothing is known: ${JSON.stringify(errors)}`);
  const things = data as Readonly<Record<string, unknown>>;
  const { conversations, channels, webhooks } = things;
  const part = (name: string) => partsOf(conversations, name);
  const ofConversations = [...own, ...own, ...foreign].flatMap((id) => [id, toGlobalId('Conversation', id)]);
  const ids: Readonly<Record<string, readonly unknown[]>> = {
    conversation: ofConversations,
    message: collect(part('messages'), ['id', 'messageId']).filter((id) => (fromGlobalId(id)?.type ?? 'Message') === 'Message'),
    interaction: collect(part('interactions'), ['id', 'interactionId']),
    attachment: collect(part('attachments'), ['id', 'attachmentId']),
    card: collect(part('cards'), ['cardId']),
    channel: collect(channels, ['id', 'channelId']),
    webhook: collect(webhooks, ['id', 'webhookId']),
    queue: collect(channels, ['queueId']),
  };
  const all = collect(data, ['id']);
  const cursors = collect(data, ['cursor', 'latestCursor', 'startCursor', 'endCursor', 'readCursor']);
  const of = (kind: string): readonly unknown[] => [...(ids[kind] ?? []), ...(ids[kind] ?? []), ...NO_IDS, all[0], all.at(-1)];
  const byName: Readonly<Record<string, readonly unknown[]>> = {
    conversationId: [...of('conversation'), ...ofConversations],
    interactionId: of('interaction'),
    channelId: of('channel'),
    webhookId: of('webhook'),
    queueId: of('queue'),
    targetId: of('queue'),
    cardId: of('card'),
    attachmentIds: of('attachment'),
    conversationIds: of('conversation'),
    ids: [...all, ...NO_IDS],
    first: [...PAGE_SIZES, ...PAGE_SIZES, ...NO_PAGE_SIZES],
    last: [...PAGE_SIZES, ...PAGE_SIZES, ...NO_PAGE_SIZES],
    cursor: [...cursors, ...NO_CURSORS],
    content: [{ type: 'AdaptiveCard' }, {}, [], 'text', null, JSON.parse('{"__proto__": 1}') as unknown, { a: { b: [1, null, 1e300] } }],
    contentType: [
      'application/vnd.microsoft.card.adaptive',
      'text/plain',
      'image/png',
      '',
      'x/y; z',
      'text/plain\r\nx: y',
      'text/plain; charset=\ud800',
    ],
    url: [
      'https://example.org/hook',
      'http://127.0.0.1:9/',
      'https://example.org/ü?a=b#c',
      'ftp://example.org',
      'http://u:p@example.org/',
      'http://[::1]:9/x',
    ],
    idempotencyKey: ['key-1', 'key-2', '', 'k'.repeat(256)],
    customerId: ['customer-mia', 'somebody-else', '', 'nobody'],
    maxSeconds: [1, 60, 600, 0, 601, -2_147_483_648],
    sizeBytes: [1, 0, -1, 104_857_600, 104_857_601, 2_147_483_647],
    ttlSeconds: [1, 60, 3600, 0, -1, 2_147_483_647],
    index: [0, 1, 2, -1, 2_147_483_647],
    count: [1, 2, 3, 0, 64, 2_147_483_647],
    userTimeoutMinutes: [10, 300, 9, 301, -1],
    maxTotalMinutes: [10, 1_440, 0, -1, 2_147_483_647],
    representations: [
      ...all.map((id) => ({ __typename: fromGlobalId(id)?.type, id })),
      ...[...own, ...foreign].map((conversationId) => ({ __typename: 'Conversation', conversationId })),
      ...NO_ENTITIES,
    ],
    language: ['en', 'zh-CN', '', 'no language', 'x'.repeat(100)],
    readAt: ['2026-01-01T00:00:00.000Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999-23:59'],
    key: ['plan', '__proto__', 'constructor', '', 'ä'],
    value: TEXTS,
    filename: ['a.txt', '..', 'a\u0000.png', 'ü'.repeat(300), 'a"b.txt', 'x.exe', '\ud800.txt', '\u202etxt.exe'],
    text: TEXTS,
    name: TEXTS,
  };
  const ofList = (list: string) => collect(list in things ? things[list] : partsOf(conversations, list), ['cursor', 'latestCursor']);
  const cursorsFor = (field: string) => {
    const own = field === 'messages' || field === 'interactions' || field in things ? ofList(field) : cursors;
    return [...own, ...own, ...own, ...NO_CURSORS, ...cursors.slice(0, 3)];
  };
  // What is followed is mostly one conversation, or all, from a place in the past on.
  const [, followed = ''] = own;
  const ofFollowed = collect(
    partsOf(conversations, 'node').filter((node) => (node as { conversationId?: unknown }).conversationId === followed),
    ['cursor'],
  );
  const past: Readonly<Record<string, readonly unknown[]>> = {
    conversationEvents: ofFollowed,
    messageAdded: ofFollowed,
    agentActivity: ofFollowed,
    allConversationEvents: collect(things['eventFeed'], ['endCursor']),
    inboxChanged: collect(things['eventFeed'], ['endCursor']),
  };
  const followedOr = (field: string, start: readonly unknown[]) => ({
    conversationId: [...Array<string>(20).fill(followed), toGlobalId('Conversation', followed), ...of('conversation').slice(0, 5)],
    after: [...Array.from({ length: Math.ceil(200 / start.length) }, () => start).flat(), ...cursorsFor(field)],
  });
  return ({ field, name }: Place) => {
    const start = past[field];
    if (start !== undefined && (name === 'conversationId' || name === 'after')) return followedOr(field, start)[name];
    if (name === 'id') return field === 'node' ? [...all, ...all, ...NO_IDS] : of(field);
    return name === 'after' || name === 'before' ? cursorsFor(field) : (byName[name] ?? null);
  };
}
