import {
  ChannelsDocument,
  ConversationsDocument,
  EventsDocument,
  InteractionsDocument,
  MessagesDocument,
} from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation, createConversation } from './followed-conversation.js';
import { describeGenerations } from '../support/generations.js';

describeGenerations('connections', (generation) => {
  interface Window {
    readonly first?: number;
    readonly after?: string;
    readonly last?: number;
    readonly before?: string;
  }
  interface Connection {
    readonly totalCount?: number | null;
    readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
    readonly edges: readonly { cursor: string; node: { id: string } }[];
  }

  let gateway: RunningGateway;
  let conversation: FollowedConversation;
  const ids: string[] = [];
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation, overrides: { settleDelaysMs: [5, 20, 100, 500] } });
    const history = ['h1', 'h2', 'h3'].map((text, index) => ({ text, sentAs: index % 2 === 0 ? ('CUSTOMER' as const) : ('BOT' as const) }));
    conversation = await FollowedConversation.create(gateway, { history });
    await conversation.expectNext(...CREATED);
    gateway.simulator.centre.agentAccepts(conversation.id);
    for (const text of ['a1', 'a2', 'a3', 'a4']) gateway.simulator.centre.agentSays(conversation.id, text);
    await conversation.expectNext('AGENT_JOINED', ...Array<string>(4).fill('MESSAGE_ADDED'));
    ids.push(conversation.id);
    while (ids.length < 5) ids.push((await createConversation(gateway)).id);
  });
  afterAll(() => gateway.stop());

  const connectionOf = (found: Connection | null | undefined): Connection => {
    if (!found) throw new Error('no connection');
    return found;
  };
  const LISTS: Record<string, (window: Window) => Promise<Connection>> = {
    conversations: async (window) => (await gateway.get(ConversationsDocument, window)).conversations,
    messages: async (window) =>
      connectionOf((await gateway.get(MessagesDocument, { id: conversation.id, ...window })).conversation?.messages),
    events: async (window) => connectionOf((await gateway.get(EventsDocument, { id: conversation.id, ...window })).conversation?.events),
  };
  const idsIn = ({ edges }: Connection) => edges.map(({ node }) => node.id);

  describe.each(Object.entries(LISTS))('%s', (name, list) => {
    let whole: Connection;
    beforeAll(async () => {
      whole = await list({ first: 100 });
    });

    it('is the same list from either end', async () => {
      expect(whole.edges.length).toBeGreaterThanOrEqual(5);
      expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
      expect(await list({ last: 100 })).toEqual(whole);
      if (name !== 'events') expect(whole.totalCount).toBe(whole.edges.length);
    });

    it('pages forwards without gaps or repetitions', async () => {
      const walked: string[] = [];
      let page = await list({ first: 2 });
      for (;;) {
        walked.push(...idsIn(page));
        if (!page.pageInfo.hasNextPage) break;
        page = await list({ first: 2, after: page.pageInfo.endCursor ?? '' });
        expect(page.pageInfo.hasPreviousPage).toBe(true);
      }
      expect(walked).toEqual(idsIn(whole));
    });

    it('pages backwards without gaps or repetitions', async () => {
      const walked: string[] = [];
      let page = await list({ last: 2 });
      for (;;) {
        walked.unshift(...idsIn(page));
        if (!page.pageInfo.hasPreviousPage) break;
        page = await list({ last: 2, before: page.pageInfo.startCursor ?? '' });
        expect(page.pageInfo.hasNextPage).toBe(true);
      }
      expect(walked).toEqual(idsIn(whole));
    });

    it('lists what is between two cursors', async () => {
      const [after = '', before = ''] = [whole.edges[0]?.cursor, whole.edges[4]?.cursor];
      const between = whole.edges.slice(1, 4);
      expect((await list({ first: 10, after, before })).edges).toEqual(between);
      expect((await list({ last: 10, after, before })).edges).toEqual(between);
      expect((await list({ first: 2, after, before })).edges).toEqual(between.slice(0, 2));
      expect((await list({ last: 2, after, before })).edges).toEqual(between.slice(-2));
      expect((await list({ first: 2, after: before, before: after })).edges).toEqual([]);
    });

    it('is empty after its end and before its start', async () => {
      expect(await list({ first: 2, after: whole.pageInfo.endCursor ?? '' })).toMatchObject({
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
      });
      expect(await list({ last: 2, before: whole.pageInfo.startCursor ?? '' })).toMatchObject({
        edges: [],
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
      });
    });
  });

  it('lists the history passed at creation before later messages', async () => {
    const { conversation: found } = await gateway.get(MessagesDocument, { id: conversation.id, first: 100 });
    expect(found?.messages?.edges.map(({ node }) => [node.author.type, node.text])).toEqual([
      ['CUSTOMER', 'h1'],
      ['BOT', 'h2'],
      ['CUSTOMER', 'h3'],
      ['AGENT', 'a1'],
      ['AGENT', 'a2'],
      ['AGENT', 'a3'],
      ['AGENT', 'a4'],
    ]);
  });

  it('returns the same events and cursors by query and by subscription', async () => {
    const { conversation: found } = await gateway.get(EventsDocument, { id: conversation.id, first: 100 });
    expect(found?.events.edges.map(({ cursor, node }) => [cursor, node.cursor, node.id])).toEqual(
      conversation.events.map(({ cursor, id }) => [cursor, cursor, id]),
    );
    const joined = await gateway.get(EventsDocument, { id: conversation.id, last: 5, types: ['AGENT_JOINED'] });
    expect(joined.conversation?.events.edges.map(({ node }) => node.type)).toEqual(['AGENT_JOINED']);
  });

  it("keeps a message's cursor valid while messages arrive", async () => {
    const talk = await FollowedConversation.create(gateway, { history: ['1', '2', '3'].map((text) => ({ text, sentAs: 'BOT' as const })) });
    await talk.expectNext(...CREATED);
    const texts = async (window: Window) =>
      (await gateway.get(MessagesDocument, { id: talk.id, ...window })).conversation?.messages?.edges.map(({ node }) => node.text);
    const { conversation: before } = await gateway.get(MessagesDocument, { id: talk.id, last: 2 });
    const [second, third] = before?.messages?.edges ?? [];
    gateway.simulator.centre.agentAccepts(talk.id);
    for (const text of ['4', '5', '6']) gateway.simulator.centre.agentSays(talk.id, text);
    await talk.expectNext('AGENT_JOINED', 'MESSAGE_ADDED', 'MESSAGE_ADDED', 'MESSAGE_ADDED');
    expect(await texts({ first: 2, after: second?.cursor ?? '' })).toEqual(['3', '4']);
    expect(await texts({ last: 2, before: third?.cursor ?? '' })).toEqual(['1', '2']);
    expect(await texts({ last: 2 })).toEqual(['5', '6']);
  });

  it('lists interactions oldest first', async () => {
    const talk = await FollowedConversation.create(gateway);
    const { centre } = gateway.simulator;
    await talk.expectNext(...CREATED);
    for (let round = 0; round < 2; round += 1) {
      centre.agentAccepts(talk.id);
      centre.agentLeaves(talk.id);
      await talk.expectNext('AGENT_JOINED');
      await talk.expectEnd('AGENT_LEFT');
      await talk.send({ text: 'again' });
      await talk.expectNext('MESSAGE_ADDED', 'CONVERSATION_UPDATED', 'INTERACTION_QUEUED');
    }
    const interactions = async (window: Window) =>
      connectionOf((await gateway.get(InteractionsDocument, { id: talk.id, ...window })).conversation?.interactions);
    const { edges, totalCount, pageInfo } = await interactions({ first: 10 });
    expect(totalCount).toBe(3);
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect(edges.map(({ node }) => node.id)).toEqual(((await talk.queried()).interactions?.nodes ?? []).map(({ id }) => id));
    expect((await interactions({ first: 1, after: edges[0]?.cursor ?? '' })).edges).toEqual([edges[1]]);
    expect((await interactions({ last: 1, before: edges[2]?.cursor ?? '' })).edges).toEqual([edges[1]]);
  });

  it('lists channels with their queues', async () => {
    const { channelIds, queueIds } = gateway.simulator;
    const { channels } = await gateway.get(ChannelsDocument, { first: 10 });
    expect(channels).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false, hasPreviousPage: false } });
    expect(channels.nodes.map(({ channelId }) => channelId).sort()).toEqual([...channelIds].sort());
    expect(channels.nodes.find(({ channelId }) => channelId === channelIds[0])).toMatchObject({
      name: 'Website chat',
      type: 'CHAT_API',
      rawType: generation.channelType,
      queue: { queueId: queueIds[0] },
    });
    const { channels: one } = await gateway.get(ChannelsDocument, { last: 1 });
    expect(one).toMatchObject({ nodes: [channels.nodes[1]], pageInfo: { hasPreviousPage: true, hasNextPage: false } });
  });
});
