import { shardOf } from '../../src/domain/shard.js';
import { SETTINGS, RunningGateway } from '../support/running-gateway.js';
import type { Answer } from '../support/running-gateway.js';
import { CREATED, FollowedConversation, createConversation } from './followed-conversation.js';

interface Feed {
  readonly nodes: readonly { readonly id: string; readonly cursor: string; readonly type: string; readonly conversationId: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
const FEED = `query ($after: String, $first: Int, $types: [ConversationEventType!], $channelId: ID, $shard: Shard) {
  eventFeed(after: $after, first: $first, types: $types, channelId: $channelId, shard: $shard) {
    nodes { id cursor type conversationId ... on MessageAdded { message { id text } } }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}`;

let gateway: RunningGateway;
const ask = (variables: object): Promise<Answer<{ eventFeed: Feed }>> => gateway.post({ query: FEED, variables });
async function feed(variables: object): Promise<Feed> {
  const { data, errors } = await ask(variables);
  if (data === null) throw new Error(JSON.stringify(errors));
  expect(errors).toEqual([]);
  return data.eventFeed;
}

/** What was read of the upstream; the older generation fetches a token besides. */
const reads = () => gateway.simulator.calls.filter(({ method }) => method === 'GET');

/** A channel without conversations. */
const another = () => gateway.simulator.channelIds.find((id) => id !== gateway.simulator.channelId);

/** All pages, to the end. */
async function poll(variables: { after?: string | null; first?: number }): Promise<Feed['nodes']> {
  const nodes = [];
  let { after = null } = variables;
  for (let hasNextPage = true; hasNextPage;) {
    const page = await feed({ ...variables, after });
    nodes.push(...page.nodes);
    ({ hasNextPage, endCursor: after } = page.pageInfo);
  }
  return nodes;
}

describe.each(SETTINGS.filter(({ transport }) => transport === 'WebSocket'))('over $generation.name', ({ generation }) => {
  let conversations: FollowedConversation[];
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation });
    conversations = [];
    for (let count = 0; count < 4; count += 1) {
      const conversation = await FollowedConversation.create(gateway);
      conversations.push(conversation);
      await conversation.expectNext(...CREATED);
      gateway.simulator.centre.agentAccepts(conversation.id);
      for (let said = 0; said < 3; said += 1) gateway.simulator.centre.agentSays(conversation.id, `message ${said}`);
      await conversation.expectNext('AGENT_JOINED', 'MESSAGE_ADDED', 'MESSAGE_ADDED', 'MESSAGE_ADDED');
    }
  });
  afterAll(() => gateway.stop());

  it('returns the events and message ids of each conversation, in its order, without an upstream call', async () => {
    gateway.simulator.calls.length = 0;
    const nodes = await poll({ first: 5 });
    expect(gateway.simulator.calls).toEqual([]);
    for (const { id, events } of conversations) {
      const own = nodes.filter(({ conversationId }) => conversationId === id);
      expect(own.map((event) => event.id)).toEqual(events.map((event) => event.id));
      const messages = own.flatMap((event) => ('message' in event ? [event.message] : []));
      expect(messages).toMatchObject(events.flatMap((event) => ('message' in event ? [{ id: (event.message as { id: string }).id }] : [])));
    }
    expect(nodes).toHaveLength(conversations.reduce((sum, { events }) => sum + events.length, 0));
  });

  it('goes on after the cursor of an event, of a page and of the gateway, also after an empty page', async () => {
    const [first, second, third] = (await feed({})).nodes;
    expect((await feed({ after: first?.cursor, first: 2 })).nodes).toEqual([second, third]);
    const { data } = await gateway.post<{ gateway: { latestCursor: string } }>({ query: '{ gateway { latestCursor } }' });
    const empty = await feed({ after: data?.gateway.latestCursor });
    expect(empty).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null } });
    const types = ['MESSAGE_ADDED'];
    gateway.simulator.centre.agentSays(conversations[0]?.id ?? '', 'one more');
    await conversations[0]?.expectNext('MESSAGE_ADDED');
    expect((await feed({ after: empty.pageInfo.endCursor, types })).nodes).toMatchObject([{ message: { text: 'one more' } }]);
  });

  it('moves `endCursor` past events that are not wanted', async () => {
    const all = await feed({});
    const none = await feed({ types: ['CARD_ACTION_INVOKED'] });
    expect(none).toMatchObject({ nodes: [], pageInfo: { endCursor: all.pageInfo.endCursor, hasNextPage: false } });
  });

  it('has every conversation in one shard', async () => {
    const all = await feed({});
    for (const count of [2, 3]) {
      for (let index = 0; index < count; index += 1) {
        const expected = all.nodes.filter(({ conversationId }) => shardOf(conversationId, count) === index);
        expect((await feed({ shard: { index, count } })).nodes).toEqual(expected);
      }
    }
  });

  it('asks for the channel of a conversation that the gateway does not remember once', async () => {
    const { channelId } = gateway.simulator;
    const all = await feed({});
    await gateway.gateway.close();
    await gateway.restart();
    gateway.simulator.calls.length = 0;
    // And once for each channel, whether it is there.
    expect((await feed({ channelId })).nodes).toEqual(all.nodes);
    expect(reads()).toHaveLength(1 + conversations.length);
    expect((await feed({ channelId })).nodes).toEqual(all.nodes);
    expect((await feed({ channelId: another() })).nodes).toEqual([]);
    expect(reads()).toHaveLength(2 + conversations.length);
  });

  it('asks for few channels in one call, and gets on over several', async () => {
    const more = await Promise.all(Array.from({ length: 25 }, () => createConversation(gateway)));
    await gateway.simulator.webhookSender.settled();
    await gateway.gateway.close();
    await gateway.restart();
    const { channelId } = gateway.simulator;
    gateway.simulator.calls.length = 0;
    const first = await feed({ channelId: another() });
    expect(reads()).toHaveLength(1 + 20);
    expect(first).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
    const { nodes } = await feed({ channelId, after: first.pageInfo.endCursor });
    expect(reads()).toHaveLength(1 + conversations.length + more.length);
    expect(nodes.length).toBeGreaterThan(0);
  });

  it('lists the queues of channels, and those in events by their names', async () => {
    const { data, errors } = await gateway.post<{ queues: { queueId: string; name: string | null }[] }>({
      query: '{ queues { queueId name } channels(first: 100) { nodes { queue { queueId } } } }',
    });
    expect(errors).toEqual([]);
    const { queues: known } = gateway.simulator.centre.directory;
    const [queueId = ''] = known.keys();
    expect(data?.queues).toContainEqual({ queueId, name: expect.any(String) });
    expect(new Set(data?.queues.map((queue) => queue.queueId)).size).toBe(data?.queues.length);
  });
});

describe('wrong arguments', () => {
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.stop());

  const EMPTY = '`types` must not be empty: list at least one, or omit it for all.';
  const WRONG: [object, string, string][] = [
    [{ first: 0 }, 'BAD_USER_INPUT', '`first` must be between 1 and 100; got 0.'],
    [{ first: 101 }, 'BAD_USER_INPUT', '`first` must be between 1 and 100; got 101.'],
    [{ after: 'x' }, 'BAD_USER_INPUT', 'The cursor is malformed.'],
    [{ after: '' }, 'BAD_USER_INPUT', 'The cursor is malformed.'],
    [{ types: [] }, 'BAD_USER_INPUT', EMPTY],
    [
      { types: ['TYPING_CHANGED', 'TYPING_CHANGED'] },
      'BAD_USER_INPUT',
      '`types` lists only TYPING_CHANGED, which is not stored: it is delivered by subscriptions alone.',
    ],
    [{ channelId: '' }, 'BAD_USER_INPUT', '`channelId` must not be empty.'],
    [{ shard: { index: 0, count: 0 } }, 'BAD_USER_INPUT', '`shard.count` must be between 1 and 1024; got 0.'],
    [{ shard: { index: 0, count: 1025 } }, 'BAD_USER_INPUT', '`shard.count` must be between 1 and 1024; got 1025.'],
    [{ shard: { index: 4, count: 4 } }, 'BAD_USER_INPUT', '`shard.index` must be between 0 and 3, below `shard.count`; got 4.'],
    [{ shard: { index: -1, count: 1 } }, 'BAD_USER_INPUT', '`shard.index` must be between 0 and 0, below `shard.count`; got -1.'],
    [{ after: Buffer.from('1 another 5 a').toString('base64url') }, 'CURSOR_EXPIRED', ''],
  ];
  it.each(WRONG)('%j is %s', async (variables, code, message) => {
    const { errors } = await ask(variables);
    expect(errors).toMatchObject([{ extensions: { code } }]);
    if (message !== '') expect(errors[0]?.message).toBe(message);
  });

  it('rejects the cursor of one conversation', async () => {
    const { origin } = await createConversation(gateway);
    expect((await ask({ after: origin })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('no other list of events takes an empty list of types either', async () => {
    const { id } = await createConversation(gateway);
    const documents = [
      'subscription ($id: ID!) { conversationEvents(conversationId: $id, types: []) { id } }',
      'subscription { allConversationEvents(types: []) { id } }',
      'query ($id: ID!) { conversation(id: $id) { events(types: [], first: 1) { nodes { id } } } }',
    ];
    for (const query of documents) {
      const response = await fetch(gateway.addresses.graphqlUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query, variables: { id } }),
      });
      expect(await response.text()).toContain(EMPTY);
    }
  });

  it('the events of a conversation cannot be only those that are never stored', async () => {
    const { id } = await createConversation(gateway);
    const events = (types: string) =>
      gateway.post({ query: `{ conversation(id: "${id}") { events(first: 1, types: ${types}) { nodes { id } } } }` });
    expect((await events('TYPING_CHANGED')).errors).toMatchObject([
      { message: expect.stringContaining('is not stored') as string, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect((await events('[TYPING_CHANGED, MESSAGE_ADDED]')).errors).toEqual([]);
  });

  it.each([
    [{ index: 4, count: 4 }, '`shard.index` must be between 0 and 3, below `shard.count`; got 4.'],
    [{ index: 0, count: 5000 }, '`shard.count` must be between 1 and 1024; got 5000.'],
  ])('the subscription rejects %j', async (shard, message) => {
    const query = 'subscription ($shard: Shard) { allConversationEvents(shard: $shard) { id } }';
    const response = await fetch(gateway.addresses.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables: { shard } }),
    });
    expect(await response.text()).toContain(message);
  });
});
