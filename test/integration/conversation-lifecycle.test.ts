import { ConversationEventsDocument, LeaveConversationDocument } from '../operations/operations.generated.js';
import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import { CREATED, FollowedConversation, ofType } from './followed-conversation.js';
import type { Event } from './followed-conversation.js';

const TRANSFERS = [
  { order: 'transfer-first', events: ['CONVERSATION_TRANSFERRED', 'AGENT_LEFT', 'INTERACTION_QUEUED'] },
  { order: 'left-first', events: ['AGENT_LEFT', 'CONVERSATION_TRANSFERRED', 'INTERACTION_QUEUED'] },
] as const;

let gateway: RunningGateway;

describe.each(SETTINGS)('a conversation ($generation.name, over $transport)', (setting) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({ ...setting, overrides: { settleDelaysMs: [5, 20, 100, 500] } });
  });
  afterAll(() => gateway.stop());

  it.each(TRANSFERS)('is the same in events, in queries and in a replay, its transfer reported as $order', async (transfer) => {
    const story = await FollowedConversation.create(gateway, { customer: { name: 'Maria' } });
    await queues(story);
    const ana = await agentJoins(story);
    await bothTalk(story, ana);
    await transfers(story, ana, transfer);
    const sara = await agentJoins(story);
    await customerLeaves(story, [ana, sara]);
    await messageReopens(story);
    await agentJoins(story);
    await agentEnds(story);
    await replays(story);
  });
});

const lastQueue = () => gateway.simulator.queueIds[1] ?? '';

async function queues(story: FollowedConversation): Promise<void> {
  await story.expectNext(...CREATED);
  expect(await story.queried()).toMatchObject({
    state: 'QUEUED',
    customer: { name: 'Maria' },
    assignment: { type: 'QUEUE', targetId: gateway.simulator.queueIds[0] },
    participants: [{ type: 'CUSTOMER', removed: gateway.generation.customerRemoved(false) }],
    interactions: { nodes: [{ endedAt: null }] },
    messages: { totalCount: 0 },
  });
}

async function agentJoins(story: FollowedConversation): Promise<string> {
  const { id: agentId, name } = gateway.simulator.centre.agentAccepts(story.id);
  expect(ofType(await story.expectNext('AGENT_JOINED'), 'AgentJoined')).toMatchObject([{ agent: { agentId } }]);
  const { state, assignment, participants } = await story.queried();
  expect({ state, assignment, name }).toMatchObject({ state: 'ACTIVE', assignment: { type: 'AGENT', targetId: agentId } });
  expect(participants).toContainEqual(expect.objectContaining({ type: 'AGENT', participantId: agentId, removed: false }));
  return agentId;
}

async function bothTalk(story: FollowedConversation, agentId: string): Promise<void> {
  const sent = await story.send({ text: 'Hello', sendAs: 'CUSTOMER', clientMessageId: 'm-1' });
  expect(sent).toMatchObject({ startsNewInteraction: false, userErrors: [] });
  const [echo] = ofType(await story.expectNext('MESSAGE_ADDED'), 'MessageAdded');
  expect(echo).toMatchObject({ isEcho: true, message: { text: 'Hello', clientMessageId: 'm-1', author: { type: 'CUSTOMER' } } });

  gateway.simulator.centre.agentSays(story.id, 'How can I help?');
  const [reply] = ofType(await story.expectNext('MESSAGE_ADDED'), 'MessageAdded');
  expect(reply).toMatchObject({ isEcho: false, message: { text: 'How can I help?', author: { participantId: agentId } } });

  expect((await story.queried()).messages?.nodes).toMatchObject([
    { id: echo?.message.id, text: 'Hello', clientMessageId: 'm-1', author: { type: 'CUSTOMER' } },
    { id: reply?.message.id, text: 'How can I help?', author: { type: 'AGENT', participantId: agentId } },
  ]);
}

async function transfers(story: FollowedConversation, agentId: string, { order, events }: (typeof TRANSFERS)[number]): Promise<void> {
  gateway.simulator.centre.agentTransfers(story.id, lastQueue(), { order });
  const [leaving] = ofType(await story.expectNext(...events), 'AgentLeft');
  expect(leaving?.endsInteraction).not.toBe(true);
  expect(ofType(await story.queriedEvents(), 'AgentLeft')).toMatchObject([{ id: leaving?.id, endsInteraction: false }]);
  expect(await story.queried()).toMatchObject({
    state: 'TRANSFERRING',
    assignment: { type: 'QUEUE', targetId: lastQueue() },
    participants: [{ type: 'CUSTOMER' }, { participantId: agentId, removed: true }],
    interactions: { nodes: [{ endedAt: null }] },
  });
}

async function customerLeaves(story: FollowedConversation, agentIds: readonly string[]): Promise<void> {
  await gateway.get(LeaveConversationDocument, { input: { conversationId: story.id } });
  const ending = await story.expectEnd('CUSTOMER_LEFT', 'AGENT_LEFT');
  expect(ofType(ending, 'InteractionEnded')).toMatchObject([{ reason: 'CUSTOMER_LEFT' }]);
  expect(await story.queried()).toMatchObject({
    state: 'IDLE',
    participants: [
      { type: 'CUSTOMER', removed: gateway.generation.customerRemoved(true) },
      ...agentIds.map((participantId) => ({ participantId, removed: true })),
    ],
    interactions: { nodes: [{ endedAt: expect.any(String) }] },
  });
}

async function messageReopens(story: FollowedConversation): Promise<void> {
  const [first] = (await story.queried()).interactions?.nodes ?? [];
  const { startsNewInteraction } = await story.send({ text: 'One more thing', sendAs: 'CUSTOMER' });
  expect(startsNewInteraction).toBe(true);
  const reopening = await story.expectNext('MESSAGE_ADDED', 'CONVERSATION_UPDATED', 'INTERACTION_QUEUED');
  expect(ofType(reopening, 'InteractionQueued')).toMatchObject([{ queue: { queueId: lastQueue() } }]);
  expect(await story.queried()).toMatchObject({
    state: 'QUEUED',
    assignment: { type: 'QUEUE', targetId: lastQueue() },
    interactions: { nodes: [first, { endedAt: null }] },
    messages: { totalCount: 3 },
  });
}

async function agentEnds(story: FollowedConversation): Promise<void> {
  gateway.simulator.centre.agentLeaves(story.id);
  expect(ofType(await story.expectEnd('AGENT_LEFT'), 'InteractionEnded')).toMatchObject([{ reason: 'AGENT_LEFT' }]);
  expect(await story.queried()).toMatchObject({
    state: 'IDLE',
    interactions: { nodes: [{ endedAt: expect.any(String) }, { endedAt: expect.any(String) }] },
  });
}

/** What is known only later, and what marks a replay, left out. */
function comparable(event: Event): object {
  const message = event.__typename === 'MessageAdded' ? { ...event.message, messageId: 'known once it is listed' } : null;
  return { ...event, message, replayed: 'or not', endsInteraction: 'known once it is settled' };
}

async function replays(story: FollowedConversation): Promise<void> {
  const replay = gateway.subscribe(ConversationEventsDocument, { id: story.id, after: story.origin });
  const results = await replay.take(story.events.length);
  const events = results.map(({ data }) => data?.conversationEvents).filter((event) => event !== undefined);
  expect(results.map(({ extensions }) => extensions?.cursor)).toEqual(story.events.map(({ cursor }) => cursor));
  expect(events.map(comparable)).toEqual(story.events.map(comparable));
  expect(events.every(({ replayed }) => replayed)).toBe(true);
  expect(ofType(events, 'AgentLeft').map(({ endsInteraction }) => endsInteraction)).toEqual([false, true, true]);
  expect(ofType(events, 'InteractionEnded').map(({ reason }) => reason)).toEqual(['CUSTOMER_LEFT', 'AGENT_LEFT']);
  expect(await story.queriedEvents()).toEqual(events);
}
