import { parse } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { toGlobalId } from '../../src/schema/global-id.js';
import { CreateConversationDocument } from '../operations/operations.generated.js';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';

const NOT_THERE = 'no-such-channel';

type Document = TypedDocumentNode<Record<string, unknown>, Record<string, unknown>>;
const subscription = (text: string) => parse(text) as Document;

/** Every query that takes the id of a channel to filter by; the name of that argument, and where the result has the conversations. */
const QUERIES: readonly { name: string; argument: string; query: string }[] = [
  {
    name: 'inbox',
    argument: 'filter.channelId',
    query: 'query ($channelId: ID) { inbox(filter: { channelId: $channelId }) { nodes { conversationId } } }',
  },
  {
    name: 'conversations',
    argument: 'filter.channelId',
    query: 'query ($channelId: ID) { conversations(first: 5, filter: { channelId: $channelId }) { nodes { conversationId } } }',
  },
  {
    name: 'eventFeed',
    argument: 'channelId',
    query: 'query ($channelId: ID) { eventFeed(channelId: $channelId) { nodes { conversationId } } }',
  },
];
const SUBSCRIPTIONS: readonly { name: string; argument: string; document: Document }[] = [
  {
    name: 'inboxChanged',
    argument: 'filter.channelId',
    document: subscription(
      'subscription ($channelId: ID, $after: String) { inboxChanged(filter: { channelId: $channelId }, after: $after) { conversation { conversationId } } }',
    ),
  },
  {
    name: 'allConversationEvents',
    argument: 'channelId',
    document: subscription(
      'subscription ($channelId: ID, $after: String) { allConversationEvents(channelId: $channelId, after: $after) { conversationId } }',
    ),
  },
];

interface Found {
  readonly nodes: readonly { readonly conversationId: string }[];
}

describeGenerations('channels that are not there', (generation) => {
  let gateway: RunningGateway;
  let conversation: FollowedConversation;
  /** The gateway's clock, which stands still: an answer counts for as long on a slow machine. */
  let now = Date.now();
  const clock = () => now;

  beforeEach(async () => {
    now = Date.now();
    gateway = await RunningGateway.start({ generation, overrides: { clock } });
    conversation = await FollowedConversation.create(gateway);
    await conversation.expectNext(...CREATED);
  });
  afterEach(async () => {
    await conversation.stop();
    await gateway.stop();
  });

  const ask = async (query: string, channelId: string) => gateway.post<Record<string, Found>>({ query, variables: { channelId } });
  const idsIn = async (query: string, channelId: string) => {
    const { data, errors } = await ask(query, channelId);
    expect(errors).toEqual([]);
    return Object.values(data ?? {}).flatMap(({ nodes }) => nodes.map((node) => node.conversationId));
  };
  const reads = (part: string) => gateway.simulator.calls.filter(({ method, path }) => method === 'GET' && path.includes(part));
  /** A new gateway over the same log, which remembers nothing. */
  const forget = async () => {
    await conversation.stop();
    await gateway.gateway.close();
    await gateway.restart(Number(new URL(gateway.addresses.url).port));
    gateway.simulator.calls.length = 0;
  };
  /** Another channel of the contact centre, without conversations. */
  const emptyChannel = () => gateway.simulator.channelIds.find((id) => id !== gateway.simulator.channelId) ?? '';

  it.each(QUERIES)('are NOT_FOUND in $name, which names the argument, in both forms of the id', async ({ query, argument }) => {
    for (const channelId of [NOT_THERE, toGlobalId('Channel', NOT_THERE), 'with spaces / and slashes']) {
      const { errors } = await ask(query, channelId);
      expect(errors).toMatchObject([{ message: `\`${argument}\`: there is no such channel.`, extensions: { code: 'NOT_FOUND' } }]);
    }
    expect(await idsIn(query, gateway.simulator.channelId)).toContain(conversation.id);
    expect(await idsIn(query, emptyChannel())).toEqual([]);
  });

  it.each(SUBSCRIPTIONS)('are NOT_FOUND when subscribing to $name', async ({ document, argument }) => {
    const { errors } = await gateway.subscribe(document, { channelId: NOT_THERE }).next();
    expect(errors).toMatchObject([{ message: `\`${argument}\`: there is no such channel.`, extensions: { code: 'NOT_FOUND' } }]);
  });

  it.each(SUBSCRIPTIONS)('do not affect subscriptions of those that are there: $name', async ({ document, name }) => {
    const query = '{ gateway { latestCursor } }';
    const { data } = await gateway.post<{ gateway: { latestCursor: string } }>({ query });
    const { channelId, centre } = gateway.simulator;
    const results = gateway.subscribe(document, { channelId, after: data?.gateway.latestCursor });
    centre.agentAccepts(conversation.id);
    const event = (await results.next()).data?.[name];
    expect(JSON.stringify(event)).toContain(conversation.id);
    await results.stop();
  });

  it('cost one look-up while they are there, however often they are named', async () => {
    await forget();
    const feed = QUERIES.find(({ name }) => name === 'eventFeed')?.query ?? '';
    for (let times = 0; times < 3; times += 1) expect(await idsIn(feed, emptyChannel())).toEqual([]);
    expect(reads('/channels/')).toHaveLength(1);
    // That of the conversation is known with it.
    expect(await idsIn(feed, gateway.simulator.channelId)).toContain(conversation.id);
    expect(reads('/channels/')).toHaveLength(1);
  });

  it('are looked up once by all who ask at a time, and again after a while: one may be created', async () => {
    const { query } = QUERIES[0] ?? { query: '' };
    gateway.simulator.calls.length = 0;
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(query, NOT_THERE)));
    expect(answers.map(({ errors }) => errors[0]?.extensions?.['code'])).toEqual(Array(5).fill('NOT_FOUND'));
    expect(reads('/channels/')).toHaveLength(1);
    const { directory } = gateway.simulator.centre;
    const [channel] = directory.channels.values();
    if (channel === undefined) throw new Error('no channel');
    directory.addChannel({ ...channel, id: NOT_THERE });
    expect((await ask(query, NOT_THERE)).errors).toHaveLength(1);
    now += 5_000;
    expect(await idsIn(query, NOT_THERE)).toEqual([]);
    expect(reads('/channels/')).toHaveLength(2);
  });

  it('are found again immediately if the gateway creates them, and missed once it deletes them', async () => {
    const run = async (mutation: string, input: object) => {
      const query = `mutation ($input: ${mutation[0]?.toUpperCase() ?? ''}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { userErrors { code } ${mutation === 'createChannel' ? 'channel { channelId }' : ''} } }`;
      const { data, errors } = await gateway.post<Record<string, { channel?: { channelId: string } }>>({ query, variables: { input } });
      expect(errors).toEqual([]);
      return data?.[mutation]?.channel?.channelId ?? '';
    };
    const { webhooks, queues } = gateway.simulator.centre.directory;
    const [[webhookId], [queueId]] = [[...webhooks.keys()], [...queues.keys()]];
    const created = await run('createChannel', { name: 'New', webhookId, queueId });
    const { query } = QUERIES[0] ?? { query: '' };
    gateway.simulator.calls.length = 0;
    expect(await idsIn(query, created)).toEqual([]);
    expect(reads('/channels/')).toEqual([]);
    await run('deleteChannel', { channelId: created });
    expect((await ask(query, created)).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('are missed after ten minutes if they are deleted without this gateway', async () => {
    const deleted = emptyChannel();
    const { query } = QUERIES[0] ?? { query: '' };
    expect(await idsIn(query, deleted)).toEqual([]);
    gateway.simulator.centre.directory.deleteChannel(deleted);
    expect(await idsIn(query, deleted)).toEqual([]);
    now += 600_000;
    expect((await ask(query, deleted)).errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('are found while there is a conversation of them: those of a deleted channel remain', async () => {
    const { channelId, centre } = gateway.simulator;
    await forget();
    centre.directory.deleteChannel(channelId);
    for (const { query } of QUERIES) expect(await idsIn(query, channelId)).toContain(conversation.id);
  });

  it('are named by nobody while the contact centre cannot be asked: what needs no call is answered as ever', async () => {
    const { channelId } = gateway.simulator;
    const [inbox, feed] = ['inbox', 'eventFeed'].map((name) => QUERIES.find((one) => one.name === name)?.query ?? '') as [string, string];
    gateway.simulator.faults.set({ 'server-error': 1 });
    for (const query of [inbox, feed]) {
      expect(await idsIn(query, channelId)).toContain(conversation.id);
      // All conversations are remembered with their channels.
      expect(await idsIn(query, NOT_THERE)).toEqual([]);
    }
    gateway.simulator.faults.set({});
    await untilTrue(async () => {
      // The circuit may be open for a while.
      now += 5_000;
      return (await ask(inbox, NOT_THERE)).errors[0]?.extensions?.['code'] === 'NOT_FOUND';
    });
  });

  it('do not end a subscription that starts while the contact centre cannot be asked', async () => {
    const { channelId, centre, faults } = gateway.simulator;
    const { data } = await gateway.post<{ gateway: { latestCursor: string } }>({ query: '{ gateway { latestCursor } }' });
    centre.agentAccepts(conversation.id);
    await conversation.expectNext('AGENT_JOINED');
    await forget();
    faults.set({ 'server-error': 1 });
    const { document } = SUBSCRIPTIONS.find(({ name }) => name === 'inboxChanged') ?? { document: subscription('') };
    const results = gateway.subscribe(document, { channelId, after: data?.gateway.latestCursor });
    expect(await results.next()).toMatchObject({ data: { inboxChanged: { conversation: { conversationId: conversation.id } } } });
    await results.stop();
  });

  it('are not waited for if the contact centre does not answer', async () => {
    await gateway.stop();
    const day = 86_400_000;
    const config = { upstreamCalls: { timeoutMs: day, inFlight: 128 }, requestTimeoutMs: day };
    gateway = await RunningGateway.start({ generation, config, overrides: { channelLookupMs: 50 } });
    conversation = await FollowedConversation.create(gateway);
    await conversation.expectNext(...CREATED);
    const held = gateway.simulator.holdPoints.hold('request', ({ path }) => path.includes('/channels/'));
    for (const { query } of QUERIES.filter(({ name }) => name !== 'conversations')) expect(await idsIn(query, NOT_THERE)).toEqual([]);
    expect(held.held).toHaveLength(1);
    held.release();
  });

  it('are NOT_FOUND at the creation of a conversation', async () => {
    const { createConversation } = await gateway.get(CreateConversationDocument, { input: { channelId: NOT_THERE, customer: {} } });
    expect(createConversation.userErrors).toMatchObject([
      { code: 'NOT_FOUND', field: ['channelId'], message: 'There is no such channel.' },
    ]);
  });

  it.each([
    ['x'.repeat(256), 'must be at most 255 characters.'],
    ['half a pair: \ud800', 'contains invalid Unicode.'],
    ['', 'must not be empty.'],
    [toGlobalId('Conversation', 'c'), 'must be an id of type Channel.'],
  ])('are BAD_USER_INPUT if no channel can have the id: %#', async (channelId, message) => {
    for (const { query, argument } of QUERIES) {
      const { errors } = await ask(query, channelId);
      expect(errors).toMatchObject([{ message: `\`${argument}\` ${message}`, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    for (const { document, argument } of SUBSCRIPTIONS) {
      const { errors } = await gateway.subscribe(document, { channelId }).next();
      expect(errors).toMatchObject([{ message: `\`${argument}\` ${message}`, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});

describe('channels that are not there, for customers', () => {
  it('look like channels without conversations, and cost no look-up', async () => {
    const gateway = await RunningGateway.start({ config: { auth: WITH_SECRET } });
    const service = { authorization: `Bearer ${await signed({ scope: 'chat:service', sub: 'bot' })}` };
    const { channelId, channelIds, calls } = gateway.simulator;
    const customerId = 'mia';
    await gateway.post(
      {
        query: 'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { cursor } }',
        variables: { input: { channelId, customer: { customerId } } },
      },
      service,
    );
    const claims = [{ customer_id: customerId }, { conversations: ['c'] }];
    for (const claim of claims) {
      const headers = { authorization: `Bearer ${await signed({ scope: 'chat:customer', sub: 'mia', ...claim })}` };
      calls.length = 0;
      for (const { query, name } of QUERIES.filter((one) => one.name !== 'eventFeed'))
        for (const id of [NOT_THERE, channelIds.find((one) => one !== channelId)])
          expect(await gateway.post({ query, variables: { channelId: id } }, headers)).toMatchObject({
            data: { [name]: { nodes: [] } },
            errors: [],
          });
      expect(calls.filter(({ path }) => path.includes('/channels'))).toEqual([]);
    }
    await gateway.stop();
  });
});
