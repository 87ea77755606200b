import {
  AgentActivityDocument,
  ConversationEventsDocument,
  EventsWithConversationDocument,
  MessageAddedDocument,
} from '../operations/operations.generated.js';
import { reportedBy } from '../support/generations.js';
import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { CREATED, FollowedConversation, createConversation, ofType } from './followed-conversation.js';

let gateway: RunningGateway;
describe.each(SETTINGS)('over $transport ($generation.name)', ({ generation, transport }) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({
      generation,
      transport,
      overrides: { settleDelaysMs: [5, 20, 100, 500], upstreamTimeoutMs: 1_000 },
    });
  });
  afterAll(() => gateway.stop());

  /** A conversation that an agent has accepted. */
  async function activeConversation(): Promise<FollowedConversation> {
    const conversation = await FollowedConversation.create(gateway);
    await conversation.expectNext(...CREATED);
    gateway.simulator.centre.agentAccepts(conversation.id);
    await conversation.expectNext('AGENT_JOINED');
    return conversation;
  }

  async function runningSubscriptions(): Promise<number> {
    const text = await (await fetch(`${gateway.addresses.url}/metrics`)).text();
    return Number(/^gateway_subscriptions (\d+)/m.exec(text)?.[1]);
  }

  if (!generation.unreported.includes('TYPING_CHANGED'))
    it('delivers typing live only, with the cursor of the event before it, and in `typing`', async () => {
      const { centre } = gateway.simulator;
      const conversation = await activeConversation();
      const { id, origin } = conversation;
      centre.agentTypes(id, true);
      const [typing] = ofType(await conversation.expectNext('TYPING_CHANGED'), 'TypingChanged');
      expect(typing).toMatchObject({ replayed: false, cursor: conversation.events.at(-2)?.cursor, typing: [{ type: 'AGENT' }] });
      expect((await conversation.queried()).typing).toMatchObject([{ type: 'AGENT', participantId: centre.agentOf(id)?.id }]);

      centre.agentSays(id, 'Good morning');
      const [stopped] = ofType(await conversation.expectNext('TYPING_CHANGED', 'MESSAGE_ADDED'), 'TypingChanged');
      expect(stopped?.typing).toEqual([]);
      expect((await conversation.queried()).typing).toEqual([]);

      const stored = [...CREATED, 'AGENT_JOINED', 'MESSAGE_ADDED'];
      const replay = gateway.subscribe(ConversationEventsDocument, { id, after: origin });
      expect((await replay.take(stored.length)).map(({ data }) => data?.conversationEvents.type)).toEqual(stored);
      expect((await conversation.queriedEvents()).map(({ type }) => type)).toEqual(stored);
    });

  it('resumes a conversation of which the log holds no event yet while the upstream does not answer', async () => {
    const { holdPoints } = gateway.simulator;
    const events = holdPoints.hold('event');
    const { id, origin } = await createConversation(gateway);
    const calls = holdPoints.hold('request');
    const subscriptions = await runningSubscriptions();
    let isRefused = false;
    const first = gateway.subscribe(ConversationEventsDocument, { id, after: origin }).next();
    void first.finally(() => (isRefused = true)).catch(() => undefined);
    await untilTrue(async () => isRefused || (await runningSubscriptions()) > subscriptions);
    expect(calls.held).toEqual([]);
    events.release();
    calls.release();
    expect(await first).toMatchObject({ data: { conversationEvents: { replayed: false } } });
  });

  it('delivers live events only without a cursor', async () => {
    const { centre, webhookSender } = gateway.simulator;
    const { id } = await activeConversation();
    const live = gateway.subscribe(ConversationEventsDocument, { id });
    const heard = { something: false };
    const first = live.next().finally(() => (heard.something = true));
    while (!heard.something) {
      centre.agentSays(id, 'Hello?');
      await webhookSender.settled();
    }
    expect((await first).data?.conversationEvents).toMatchObject({ type: 'MESSAGE_ADDED', replayed: false });
  });

  it('delivers messages only in `messageAdded`, live and replayed', async () => {
    const { id, origin } = await activeConversation();
    const live = gateway.subscribe(MessageAddedDocument, { id, after: origin });
    gateway.simulator.centre.agentTypes(id, true);
    gateway.simulator.centre.agentSays(id, 'one');
    gateway.simulator.centre.agentSays(id, 'two');
    const received = await live.take(2);
    expect(received.map(({ data }) => data?.messageAdded.message.text)).toEqual(['one', 'two']);
    expect(received.map(({ extensions }) => extensions?.cursor)).toEqual(received.map(({ data }) => data?.messageAdded.cursor));
    const replayed = await gateway.subscribe(MessageAddedDocument, { id, after: origin }).take(2);
    expect(replayed.map(({ data }) => data?.messageAdded.id)).toEqual(received.map(({ data }) => data?.messageAdded.id));
    const rest = await gateway.subscribe(MessageAddedDocument, { id, after: received[0]?.extensions?.cursor ?? '' }).next();
    expect(rest.data?.messageAdded).toMatchObject({ replayed: true, message: { text: 'two' } });
  });

  it('delivers agent activity without messages in `agentActivity`', async () => {
    const { centre } = gateway.simulator;
    const { id, origin } = await activeConversation();
    const activity = gateway.subscribe(AgentActivityDocument, { id, after: origin });
    const typeNames = async (count: number) => (await activity.take(count)).map(({ data }) => data?.agentActivity.__typename);
    expect(await typeNames(2)).toEqual(['InteractionQueued', 'AgentJoined']);
    centre.agentTypes(id, true);
    centre.agentSays(id, 'Hello');
    const typing = reportedBy(generation, ['TYPING_CHANGED', 'TYPING_CHANGED']);
    expect(await typeNames(typing.length)).toEqual(typing.map(() => 'TypingChanged'));
    centre.agentTransfers(id, gateway.simulator.queueIds[1] ?? '');
    expect(await typeNames(3)).toEqual(['ConversationTransferred', 'AgentLeft', 'InteractionQueued']);
    centre.agentAccepts(id);
    centre.agentLeaves(id);
    expect(await typeNames(3)).toEqual(['AgentJoined', 'AgentLeft', 'InteractionEnded']);
  });

  it('delivers the requested types only, stored and live', async () => {
    const { id, origin } = await activeConversation();
    const some = gateway.subscribe(ConversationEventsDocument, { id, after: origin, types: ['AGENT_JOINED', 'AGENT_LEFT'] });
    expect((await some.next()).data?.conversationEvents).toMatchObject({ type: 'AGENT_JOINED', replayed: true });
    gateway.simulator.centre.agentSays(id, 'Bye');
    gateway.simulator.centre.agentLeaves(id);
    expect((await some.next()).data?.conversationEvents).toMatchObject({ type: 'AGENT_LEFT' });
  });

  it('delivers an event while the upstream is unreachable, with an error and its cursor', async () => {
    const { centre, holdPoints } = gateway.simulator;
    const conversation = await activeConversation();
    const { id, events } = conversation;
    const results = gateway.subscribe(EventsWithConversationDocument, { id, after: events.at(-1)?.cursor ?? null });
    const outage = holdPoints.hold('request', ({ path }) => path.endsWith(`/conversations/${id}`));
    centre.agentSays(id, 'Anybody there?');
    const [message] = await conversation.expectNext('MESSAGE_ADDED');
    const failed = await results.next();
    expect(failed).toMatchObject({
      data: { conversationEvents: { id: message?.id, conversation: null } },
      errors: [{ path: ['conversationEvents', 'conversation', 'state'], extensions: { code: 'UPSTREAM_TIMEOUT' } }],
      extensions: { cursor: message?.cursor },
    });
    outage.release();
    centre.agentSays(id, 'Hello again');
    const [next] = await conversation.expectNext('MESSAGE_ADDED');
    const whole = await results.next();
    expect(whole.errors).toBeUndefined();
    expect(whole).toMatchObject({
      data: { conversationEvents: { id: next?.id, conversation: { state: 'ACTIVE' } } },
      extensions: { cursor: next?.cursor },
    });
  });
});
