import {
  ConversationInInboxDocument,
  EraseConversationDocument,
  InboxChangedDocument,
  InboxDocument,
  MarkConversationReadDocument,
} from '../operations/operations.generated.js';
import type { InboxChangedSubscription, InboxQueryVariables } from '../operations/operations.generated.js';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import type { Results } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { dataAs, firstResult, socketAs } from './access-client.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';

const inboxOf = async (gateway: RunningGateway, variables: InboxQueryVariables = {}) => (await gateway.get(InboxDocument, variables)).inbox;
const asked = (gateway: RunningGateway, variables: InboxQueryVariables = {}) => gateway.ask(InboxDocument, variables);
const idsOf = (nodes: readonly { readonly conversationId: string }[]) => nodes.map(({ conversationId }) => conversationId);

/** A conversation in its queue, by this customer. */
async function begun(gateway: RunningGateway, customerId = 'mia'): Promise<FollowedConversation> {
  const conversation = await FollowedConversation.create(gateway, { customer: { name: 'Mia', customerId } });
  await conversation.expectNext(...CREATED);
  return conversation;
}

async function withAgent(gateway: RunningGateway, text: string): Promise<FollowedConversation> {
  const conversation = await begun(gateway);
  gateway.simulator.centre.agentAccepts(conversation.id);
  gateway.simulator.centre.agentSays(conversation.id, text);
  await conversation.expectNext('AGENT_JOINED', 'MESSAGE_ADDED');
  return conversation;
}

/** The upstream calls that something makes. */
async function callsOf(gateway: RunningGateway, work: () => Promise<unknown>): Promise<string[]> {
  const { calls, webhookSender } = gateway.simulator;
  await webhookSender.settled();
  calls.length = 0;
  await work();
  return calls.map(({ method, path }) => `${method} ${path}`);
}

describeGenerations('the inbox', (generation) => {
  let gateway: RunningGateway;
  beforeEach(async () => {
    gateway = await RunningGateway.start({ generation, overrides: { settleDelaysMs: [] } });
  });
  afterEach(() => gateway.stop());

  /** Each generation's events report one of the two. */
  const reportsCustomers = generation.echoesApiWrites;
  const namesAgents = !reportsCustomers;

  it('is a page of 20 without an upstream call for what events show, also after a restart', async () => {
    const conversations: FollowedConversation[] = [];
    for (let count = 0; count < 20; count += 1) conversations.push(await withAgent(gateway, `text ${count}`));
    const expected = conversations.map(({ id }) => id).reverse();
    for (const isRestarted of [false, true]) {
      if (isRestarted) {
        await gateway.gateway.close();
        await gateway.restart();
      }
      const calls = await callsOf(gateway, async () => {
        const { nodes, pageInfo } = await inboxOf(gateway);
        expect(idsOf(nodes)).toEqual(expected);
        expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
        const text = expect.any(String) as string;
        expect(nodes[0]).toMatchObject({
          state: 'ACTIVE',
          unreadCount: 1,
          readCursor: null,
          assignment: { type: 'AGENT', targetId: text, name: namesAgents ? text : null },
          customer: { customerId: 'mia' },
          lastMessage: { text: 'text 19', author: { type: 'AGENT' } },
        });
      });
      // Where no event reports customers, each is read.
      expect(calls.filter((call) => !call.endsWith('/token'))).toHaveLength(reportsCustomers ? 0 : 20);
    }
  });

  it('shows the last message under the id that it has in the history and in its event', async () => {
    const { id, events } = await withAgent(gateway, 'hello');
    const { conversation } = await gateway.get(ConversationInInboxDocument, { id });
    const [{ lastMessage } = { lastMessage: null }] = (await inboxOf(gateway)).nodes;
    const event = events.at(-1);
    const own = event?.__typename === 'MessageAdded' ? event.message.id : null;
    expect([lastMessage?.id, conversation?.lastMessage?.id, conversation?.messages?.nodes[0]?.id]).toEqual([own, own, own]);
  });

  it('moves conversations up, and goes on below a cursor', async () => {
    const [first, second, third] = [await withAgent(gateway, '1'), await withAgent(gateway, '2'), await withAgent(gateway, '3')];
    const page = await inboxOf(gateway, { first: 1 });
    expect(idsOf(page.nodes)).toEqual([third.id]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, endCursor: page.edges[0]?.cursor });
    gateway.simulator.centre.agentSays(first.id, 'again');
    await first.expectNext('MESSAGE_ADDED');
    const { endCursor } = page.pageInfo;
    const rest = await inboxOf(gateway, { first: 5, after: endCursor });
    expect(idsOf(rest.nodes)).toEqual([second.id]);
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(idsOf((await inboxOf(gateway)).nodes)).toEqual([first.id, third.id, second.id]);
  });

  it('goes on above a cursor from the bottom, with and without a filter, and is the same list', async () => {
    const conversations: FollowedConversation[] = [];
    for (let count = 0; count < 5; count += 1) conversations.push(await withAgent(gateway, `text ${count}`));
    const { channelId } = gateway.simulator;
    for (const filter of [null, { states: ['ACTIVE' as const] }, { channelId }]) {
      const whole = await inboxOf(gateway, { filter });
      expect(whole.edges).toHaveLength(5);
      const sizes: number[] = [];
      const walked: typeof whole.edges = [];
      let page = await inboxOf(gateway, { filter, last: 2 });
      expect(page.pageInfo.hasNextPage).toBe(false);
      for (;;) {
        sizes.push(page.edges.length);
        walked.unshift(...page.edges);
        expect(page.pageInfo).toMatchObject({ startCursor: page.edges[0]?.cursor, endCursor: page.edges.at(-1)?.cursor });
        if (!page.pageInfo.hasPreviousPage) break;
        page = await inboxOf(gateway, { filter, last: 2, before: page.pageInfo.startCursor });
        expect(page.pageInfo.hasNextPage).toBe(true);
      }
      expect([walked, sizes]).toEqual([whole.edges, [2, 2, 1]]);
      const [after, before] = [whole.edges[0]?.cursor ?? '', whole.edges[4]?.cursor ?? ''];
      const between = whole.edges.slice(1, 4);
      expect((await inboxOf(gateway, { filter, last: 2, after, before })).edges).toEqual(between.slice(1));
      expect((await inboxOf(gateway, { filter, first: 2, after, before })).edges).toEqual(between.slice(0, 2));
      // Neither `first` nor `last`: the default, from the top.
      expect((await inboxOf(gateway, { filter, before })).edges).toEqual(whole.edges.slice(0, 4));
    }
  });

  it('counts unread messages after a marker that markRead moves, also where the upstream takes no receipts', async () => {
    const conversation = await withAgent(gateway, 'one');
    const { id } = conversation;
    const cursorOfOne = conversation.events.at(-1)?.cursor ?? '';
    gateway.simulator.centre.agentSays(id, 'two');
    await conversation.expectNext('MESSAGE_ADDED');
    const marked = async (input: object) =>
      (await gateway.get(MarkConversationReadDocument, { input: { conversationId: id, ...input } })).markRead;
    expect(await marked({ cursor: cursorOfOne })).toEqual({ conversation: { unreadCount: 1, readCursor: cursorOfOne }, userErrors: [] });
    expect(await marked({ readAt: '2020-01-01T00:00:00Z' })).toMatchObject({ conversation: { unreadCount: 1, readCursor: cursorOfOne } });
    expect(idsOf((await inboxOf(gateway, { filter: { unreadOnly: true } })).nodes)).toEqual([id]);
    expect(await marked({})).toMatchObject({ conversation: { unreadCount: 0, readCursor: expect.any(String) as string } });
    expect((await inboxOf(gateway, { filter: { unreadOnly: true } })).nodes).toEqual([]);
    expect(await marked({ cursor: 'x' })).toMatchObject({ conversation: null, userErrors: [{ code: 'INVALID', field: ['cursor'] }] });
    expect(await marked({ conversationId: 'none' })).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
  });

  it('keeps its entries where the contact centre does not have a conversation, or does not answer, and marks that one read', async () => {
    const { simulator } = gateway;
    const known = await withAgent(gateway, 'hello');
    const changes = gateway.subscribe(InboxChangedDocument, { after: (await inboxOf(gateway)).latestCursor });
    const event = { ...generation.agentsWord('unknown', 'from nowhere') };
    await simulator.webhookSender.postOnce(gateway.addresses.webhookUrl, 'unknown-1', event);
    const missing = { customer: { name: null, customerId: null }, conversationId: 'unknown', lastMessage: { text: 'from nowhere' } };
    const delivered = await changes.next();
    expect(delivered.data?.inboxChanged.conversation).toMatchObject({ ...missing, unreadCount: 1 });
    const path = ['inboxChanged', 'conversation', 'customer', 'name'];
    expect(delivered.errors).toMatchObject([{ path, extensions: { code: 'NOT_FOUND' } }]);
    await changes.stop();

    const input = { conversationId: 'unknown' };
    const { markRead } = await gateway.get(MarkConversationReadDocument, { input });
    expect(markRead).toMatchObject({ conversation: { unreadCount: 0 }, userErrors: [] });

    // Often enough to be compiled, if it were not for the errors.
    for (let round = 0; round < 4; round += 1) {
      const { data, errors } = await asked(gateway);
      expect(data?.inbox.nodes).toMatchObject([
        { ...missing, unreadCount: 0 },
        { conversationId: known.id, customer: { name: 'Mia' } },
      ]);
      expect(errors).toMatchObject([{ path: ['inbox', 'nodes', 0, 'customer', 'name'], extensions: { code: 'NOT_FOUND' } }]);
    }
    simulator.faults.set({ 'server-error': 1 });
    const { data, errors } = await asked(gateway);
    expect(idsOf(data?.inbox.nodes ?? [])).toEqual(['unknown', known.id]);
    expect(errors).toHaveLength(reportsCustomers ? 1 : 2);
    for (const { extensions } of errors) expect(extensions?.['code']).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('names the right cursor, and the right size, for wrong ones', async () => {
    const { id } = await withAgent(gateway, 'hello');
    const { latestCursor, pageInfo } = await inboxOf(gateway);
    const place = pageInfo.endCursor ?? '';
    const ofConversation = (await gateway.get(ConversationInInboxDocument, { id })).conversation?.latestCursor ?? '';
    const wrongPage = async (variables: InboxQueryVariables) => (await asked(gateway, variables)).errors.map(({ message }) => message);
    const page = 'The cursor is not a position in the inbox: use `pageInfo.endCursor` or `startCursor` of a page';
    expect(await wrongPage({ after: latestCursor })).toEqual([expect.stringContaining(page)]);
    expect(await wrongPage({ before: ofConversation })).toEqual([expect.stringContaining(page)]);
    expect(await wrongPage({ first: 2, last: 2 })).toEqual(['Set `first` or `last`, not both.']);
    const wrongFollow = async (after: string) => (await gateway.subscribe(InboxChangedDocument, { after }).next()).errors?.[0]?.message;
    const all = 'use the `latestCursor` of `inbox` or `gateway`, or a cursor that was delivered.';
    expect(await wrongFollow(place)).toBe(`The cursor is a position in the inbox, for another page of it: ${all}`);
    expect(await wrongFollow(ofConversation)).toBe(`The cursor is not for all conversations: ${all}`);
  });

  it('filters by state, channel and customer, and rejects what cannot be', async () => {
    const active = await withAgent(gateway, 'hello');
    const queued = await begun(gateway, 'bob');
    const { channelId, channelIds } = gateway.simulator;
    const found = async (filter: InboxQueryVariables['filter']) => idsOf((await inboxOf(gateway, { first: 1, filter })).nodes);
    expect(await found({ states: ['ACTIVE'] })).toEqual([active.id]);
    expect(await found({})).toEqual([queued.id]);
    expect(await found({ states: ['IDLE'] })).toEqual([]);
    expect(await found({ channelId, states: ['ACTIVE'] })).toEqual([active.id]);
    expect(await found({ channelId: channelIds.find((id) => id !== channelId) ?? 'none' })).toEqual([]);
    if (reportsCustomers) expect(await found({ customerId: 'mia' })).toEqual([active.id]);
    else {
      // No event says whose a conversation is.
      const filter = { customerId: 'mia' };
      const unsupported = [{ extensions: { code: 'UNSUPPORTED_BY_UPSTREAM' } }];
      expect((await asked(gateway, { filter })).errors).toMatchObject(unsupported);
      expect((await gateway.subscribe(InboxChangedDocument, { filter }).next()).errors).toMatchObject(unsupported);
    }
    const invalid: InboxQueryVariables[] = [
      ...[{ first: 0 }, { first: 101 }, { last: 0 }, { last: 101 }, { first: 1, last: 1 }],
      ...[{ after: 'x' }, { before: 'x' }, { after: '' }, { before: '' }, { filter: { customerId: '' } }, { filter: { states: [] } }],
    ];
    for (const variables of invalid) {
      const { errors } = await asked(gateway, variables);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  it('delivers conversations when they change, together for all events of a second, and after a cursor what has changed since', async () => {
    const { latestCursor } = await inboxOf(gateway);
    const conversation = await withAgent(gateway, 'one');
    for (let count = 0; count < 50; count += 1) gateway.simulator.centre.agentSays(conversation.id, `text ${count}`);
    await conversation.next(50);
    const changes = gateway.subscribe(InboxChangedDocument, { after: latestCursor });
    const entries = await untilLast(changes, 'text 49');
    expect(entries.length).toBeLessThan(10);
    expect(entries.at(-1)?.conversation).toMatchObject({ conversationId: conversation.id, state: 'ACTIVE', unreadCount: 51 });
    await changes.stop();
    const resumed = gateway.subscribe(InboxChangedDocument, { after: entries.at(-1)?.cursor });
    gateway.simulator.centre.agentSays(conversation.id, 'last');
    const [later] = await untilLast(resumed, 'last');
    expect(later?.conversation.conversationId).toBe(conversation.id);
    await resumed.stop();
  });

  it('delivers what matches the filter, and once what does not, so that a list that was queried before can remove it', async () => {
    const { centre } = gateway.simulator;
    const [queried, other] = [await begun(gateway), await withAgent(gateway, 'hello')];
    const filter: InboxQueryVariables['filter'] = { states: ['QUEUED'] };
    const page = await inboxOf(gateway, { filter });
    expect(idsOf(page.nodes)).toEqual([queried.id]);
    const changes = gateway.subscribe(InboxChangedDocument, { after: page.latestCursor, filter });
    const next = async () => (await changes.next()).data?.inboxChanged;
    centre.agentAccepts(queried.id);
    expect(await next()).toMatchObject({ removed: true, conversation: { conversationId: queried.id, state: 'ACTIVE' } });
    centre.agentSays(other.id, 'again');
    expect(await next()).toMatchObject({ removed: true, conversation: { conversationId: other.id } });

    // From now on nothing of these two is delivered.
    centre.agentSays(queried.id, 'one');
    centre.agentSays(other.id, 'two');
    await queried.expectNext('AGENT_JOINED', 'MESSAGE_ADDED');
    await other.expectNext('MESSAGE_ADDED', 'MESSAGE_ADDED');
    const added = await begun(gateway);
    let entry = await next();
    while (entry?.conversation.state === 'CREATED') entry = await next();
    expect(entry).toMatchObject({ removed: false, conversation: { conversationId: added.id, state: 'QUEUED' } });
    centre.agentAccepts(added.id);
    while (entry?.removed === false) entry = await next();
    expect(entry).toMatchObject({ removed: true, conversation: { conversationId: added.id, state: 'ACTIVE' } });
    await changes.stop();
  });

  it('delivers that a conversation was erased, without a call', async () => {
    const [erased, kept] = [await withAgent(gateway, 'secret'), await withAgent(gateway, 'hello')];
    const changes = gateway.subscribe(InboxChangedDocument, { after: (await inboxOf(gateway)).latestCursor });
    gateway.simulator.centre.agentSays(kept.id, 'again');
    expect((await changes.next()).data?.inboxChanged).toMatchObject({ removed: false, conversation: { conversationId: kept.id } });
    const calls = await callsOf(gateway, async () => {
      await gateway.get(EraseConversationDocument, { input: { conversationId: erased.id } });
      const { data, errors } = await changes.next();
      expect([data?.inboxChanged, errors]).toMatchObject([
        {
          removed: true,
          conversation: {
            ...{ conversationId: erased.id, state: 'UNKNOWN', unreadCount: 0, readCursor: null, lastActivityAt: null },
            ...{ assignment: null, lastMessage: null, customer: { name: null, customerId: null } },
          },
        },
        undefined,
      ]);
    });
    expect(calls).toEqual([]);
    await changes.stop();
  });
});

/** The entries up to the one with this last message. */
async function untilLast(changes: Results<InboxChangedSubscription>, text: string) {
  const entries: InboxChangedSubscription['inboxChanged'][] = [];
  for (;;) {
    const { data, extensions } = await changes.next();
    if (!data) throw new Error('a result without data');
    expect(extensions?.cursor).toBe(data.inboxChanged.cursor);
    entries.push(data.inboxChanged);
    if (data.inboxChanged.conversation.lastMessage?.text === text) return entries;
  }
}

describeGenerations('the inbox of a customer', (generation) => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation, config: { auth: WITH_SECRET }, overrides: { settleDelaysMs: [] } });
  });
  afterAll(() => gateway.stop());

  const INBOX = '{ inbox { nodes { conversationId unreadCount } } }';
  const inbox = async (token: string) =>
    (await dataAs<{ nodes: { conversationId: string; unreadCount: number }[] }>(gateway, token, INBOX)).nodes;

  it('holds its own conversations, with markers of its own, and follows these only', async () => {
    const bot = await signed({ scope: 'chat:service', sub: 'ana' });
    const other = await signed({ scope: 'chat:service', sub: 'ben' });
    const { channelId, centre } = gateway.simulator;
    const create = async (customerId: string) => {
      const text = 'mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { conversationId } } }';
      const input = { channelId, customer: { customerId } };
      const { conversation } = await dataAs<{ conversation: { conversationId: string } }>(gateway, bot, text, { input });
      centre.agentAccepts(conversation.conversationId);
      centre.agentSays(conversation.conversationId, 'hello');
      return conversation.conversationId;
    };
    const [own, foreign] = [await create('mia'), await create('bob')];
    const byId = await signed({ scope: 'chat:customer', sub: 'any', customer_id: 'mia' });
    const byList = await signed({ scope: 'chat:customer', sub: 'other', conversations: [own] });
    await untilTrue(async () => (await inbox(bot)).filter(({ unreadCount }) => unreadCount === 1).length === 2);
    for (const token of [byId, byList]) expect(await inbox(token)).toEqual([{ conversationId: own, unreadCount: 1 }]);
    const MARK = 'mutation($c: ID!) { markRead(input: { conversationId: $c }) { conversation { unreadCount } userErrors { code } } }';
    const mark = (token: string, c: string) => dataAs(gateway, token, MARK, { c });
    expect(await mark(byId, own)).toEqual({ conversation: { unreadCount: 0 }, userErrors: [] });
    expect(await mark(byId, foreign)).toMatchObject({ conversation: null, userErrors: [{ code: 'NOT_FOUND' }] });
    expect(await mark(other, foreign)).toEqual({ conversation: { unreadCount: 0 }, userErrors: [] });
    for (const token of [byId, byList]) expect(await inbox(token)).toEqual([{ conversationId: own, unreadCount: 0 }]);
    expect(await inbox(bot)).toEqual(expect.arrayContaining([own, foreign].map((conversationId) => ({ conversationId, unreadCount: 1 }))));
    expect(await inbox(other)).toEqual(
      expect.arrayContaining([
        { conversationId: foreign, unreadCount: 0 },
        { conversationId: own, unreadCount: 1 },
      ]),
    );

    const { latestCursor } = await dataAs<{ latestCursor: string }>(gateway, byId, '{ inbox { latestCursor } }');
    const FOLLOW = 'subscription($after: String) { inboxChanged(after: $after) { conversation { conversationId unreadCount } } }';
    centre.agentSays(foreign, 'for bob');
    centre.agentSays(own, 'for mia');
    for (const token of [byId, byList]) {
      const client = socketAs(gateway, token);
      const { data } = await firstResult(client, FOLLOW, { after: latestCursor });
      expect(data).toEqual({ inboxChanged: { conversation: { conversationId: own, unreadCount: 1 } } });
      await client.dispose();
    }
  });

  // On Chat API v2 no event reports a customer.
  if (generation.name === 'chat-gateway-v1')
    it('loses a conversation that becomes another customer’s, once, with nothing of it', async () => {
      const bot = await signed({ scope: 'chat:service', sub: 'ana' });
      const CREATE = 'mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { conversationId } } }';
      const create = async () => {
        const input = { channelId: gateway.simulator.channelId, customer: { customerId: 'eve' } };
        return (await dataAs<{ conversation: { conversationId: string } }>(gateway, bot, CREATE, { input })).conversation.conversationId;
      };
      const [lost, kept] = [await create(), await create()];
      const token = await signed({ scope: 'chat:customer', sub: 'eve', customer_id: 'eve' });
      await untilTrue(async () => (await inbox(token)).length === 2);
      const client = socketAs(gateway, token);
      const { latestCursor } = await dataAs<{ latestCursor: string }>(gateway, token, '{ inbox { latestCursor } }');
      interface Change {
        readonly removed: boolean;
        readonly conversation: { readonly conversationId: string; readonly state: string; readonly lastMessage: { text: string } | null };
      }
      const changes = client.iterate<{ inboxChanged: Change }>({
        query:
          'subscription($after: String) { inboxChanged(after: $after) { removed conversation { conversationId state lastMessage { text } } } }',
        variables: { after: latestCursor },
      });
      const until = async (isLast: (change: Change) => boolean): Promise<Change[]> => {
        const found: Change[] = [];
        for (let change: Change | undefined; change === undefined || !isLast(change);) {
          const { value } = (await changes.next()) as IteratorYieldResult<{ data?: { inboxChanged: Change } | null }>;
          change = value.data?.inboxChanged;
          if (change === undefined) throw new Error('a result without data');
          found.push(change);
        }
        return found;
      };
      const { centre } = gateway.simulator;
      const says = (text: string) => until(({ conversation }) => conversation.lastMessage?.text === text);
      centre.agentAccepts(kept);
      centre.agentSays(kept, 'hello');
      await says('hello');
      const UPDATE = 'mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { userErrors { code } } }';
      await dataAs(gateway, bot, UPDATE, { input: { conversationId: lost, customer: { customerId: 'bob' } } });
      centre.agentAccepts(lost);
      // The next change of its state reports the customer.
      centre.agentLeaves(lost);
      const left = (await until(({ removed }) => removed)).at(-1);
      expect(left).toEqual({ removed: true, conversation: { conversationId: lost, state: 'UNKNOWN', lastMessage: null } });
      expect((await inbox(token)).map(({ conversationId }) => conversationId)).toEqual([kept]);
      const SEND = 'mutation($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { code } } }';
      await dataAs(gateway, bot, SEND, { input: { conversationId: lost, text: 'from bob', sendAs: 'CUSTOMER' } });
      await untilTrue(async () =>
        (await inbox(bot)).some(({ conversationId, unreadCount }) => conversationId === lost && unreadCount === 1),
      );
      centre.agentSays(kept, 'for eve');
      const after = await says('for eve');
      expect(new Set(after.map(({ conversation }) => conversation.conversationId))).toEqual(new Set([kept]));
      await client.dispose();
    });
});
