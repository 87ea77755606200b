import {
  ConversationAndChannelDocument,
  ConversationCursorDocument,
  ConversationPageDocument,
  ConversationStateDocument,
  CreateConversationAndReadOnDocument,
  EventsWithConversationDocument,
  LeaveConversationAndReadOnDocument,
  SendMessageAndReadOnDocument,
} from '../operations/operations.generated.js';
import { describeGenerations, reportedBy } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';

let gateway: RunningGateway;
/** The upstream calls that something makes, each as its method and path. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const { calls, webhookSender } = gateway.simulator;
  await webhookSender.settled();
  calls.length = 0;
  await work();
  return calls.map(({ method, path }) => `${method} ${path.replace(gateway.generation.path, '')}`);
}

async function followed(channelId = gateway.simulator.channelId): Promise<FollowedConversation> {
  const conversation = await FollowedConversation.create(gateway, { channelId });
  await conversation.expectNext(...CREATED);
  return conversation;
}

describeGenerations('upstream calls', (generation) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation, overrides: { settleDelaysMs: [] } });
  });
  afterAll(() => gateway.stop());

  it('reads a page of 20 conversations with channels, participants and messages in one call each, and the list in one', async () => {
    const { centre, channelIds } = gateway.simulator;
    for (let count = 0; count < 20; count += 1) {
      const conversation = await followed(channelIds[count % channelIds.length]);
      centre.agentAccepts(conversation.id);
      for (const text of ['1', '2', '3', '4', '5', '6']) centre.agentSays(conversation.id, text);
      await conversation.expectNext('AGENT_JOINED', ...Array<string>(6).fill('MESSAGE_ADDED'));
      await conversation.stop();
    }
    const calls = await callsOf(async () => {
      const { nodes } = (await gateway.get(ConversationPageDocument, { first: 20 })).conversations;
      expect(nodes).toHaveLength(20);
      for (const { state, channel, participants, messages } of nodes) {
        expect({ state, channel, participants }).toMatchObject({
          state: 'ACTIVE',
          channel: { name: expect.any(String) },
          participants: [{ type: 'CUSTOMER' }, { type: 'AGENT' }],
        });
        expect(messages?.nodes.map(({ text }) => text)).toEqual(['2', '3', '4', '5', '6']);
      }
    });
    const count = (pattern: RegExp) => calls.filter((call) => pattern.test(call)).length;
    expect({
      lists: count(/^GET \/conversations$/),
      participants: count(/\/participants$/),
      messages: count(/\/messages$/),
      channels: count(/^GET \/channels\//),
    }).toEqual({ lists: 1, participants: 20, messages: 20, channels: 2 });
    expect(calls).toHaveLength(43);
  });

  it('reads a conversation in one call, whatever is selected of it that the log knows', async () => {
    const { id } = await followed();
    expect(await callsOf(() => gateway.get(ConversationCursorDocument, { id }))).toEqual([`GET /conversations/${id}`]);
  });

  it('reads nothing for what a payload holds that the log knows', async () => {
    const { channelId } = gateway.simulator;
    const created = await callsOf(() => gateway.get(CreateConversationAndReadOnDocument, { input: { channelId, customer: {} } }));
    expect(created).toEqual(['POST /conversations']);
    const { id } = await followed();
    const sent = await callsOf(() => gateway.get(SendMessageAndReadOnDocument, { input: { conversationId: id, text: 'Hi' } }));
    expect(sent).toEqual([`POST /conversations/${id}/messages`]);
    const left = await callsOf(() => gateway.get(LeaveConversationAndReadOnDocument, { input: { conversationId: id } }));
    expect(left).toEqual(generation.callsToLeave(id));
  });

  it('reads nothing for events, and the conversation once for each where it is selected', async () => {
    const conversation = await followed();
    const { id, origin } = conversation;
    gateway.simulator.centre.agentAccepts(id);
    expect(await callsOf(() => conversation.expectNext('AGENT_JOINED'))).toEqual([]);
    const results = gateway.subscribe(EventsWithConversationDocument, { id, after: origin });
    const expected = reportedBy(generation, [...CREATED, 'AGENT_JOINED']);
    const calls = await callsOf(() => results.take(expected.length));
    expect(calls).toEqual(expected.map(() => `GET /conversations/${id}`));
  });

  describe('identical reads in flight from two requests', () => {
    /** How many calls they make when `between` happens after the first call has reached the upstream and before the second read. */
    async function callsWith(id: string, between: () => Promise<unknown>): Promise<number> {
      const { holdPoints, channelId } = gateway.simulator;
      const calls = await callsOf(async () => {
        const read = holdPoints.hold('reply', ({ path }) => path.endsWith(`/conversations/${id}`));
        const first = gateway.get(ConversationStateDocument, { id });
        await read.arrived;
        await between();
        // Its two reads begin in the same moment, the conversation's first: once the channel's call has arrived, the other was made or has joined.
        const channel = holdPoints.hold('request', ({ path }) => path.endsWith(`/channels/${channelId}`));
        const second = gateway.get(ConversationAndChannelDocument, { id, channelId });
        await channel.arrived;
        channel.release();
        read.release();
        expect((await first).conversation).toMatchObject({ state: 'QUEUED' });
        expect((await second).conversation).toMatchObject({ state: 'QUEUED' });
      });
      return calls.filter((call) => call === `GET /conversations/${id}`).length;
    }

    it('are one call', async () => {
      const { id } = await followed();
      expect(await callsWith(id, () => Promise.resolve())).toBe(1);
    });

    it('are one call also when an event of another conversation comes between', async () => {
      const { id } = await followed();
      expect(await callsWith(id, () => followed())).toBe(1);
    });

    it('are two calls when an event of the conversation comes between', async () => {
      const conversation = await followed();
      const between = async () => {
        await conversation.send({ text: 'Still there?' });
        await conversation.expectNext('MESSAGE_ADDED');
      };
      expect(await callsWith(conversation.id, between)).toBe(2);
    });
  });
});
