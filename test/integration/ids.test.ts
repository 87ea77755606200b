import {
  ChannelDocument,
  ConversationDocument,
  ConversationEventsDocument,
  CreateConversationDocument,
  InteractionDocument,
  LeaveConversationDocument,
  MessageDocument,
  NodeDocument,
  NodesDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import { toGlobalId } from '../../src/schema/global-id.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation, createConversation, ofType } from './followed-conversation.js';
import type { Conversation } from './followed-conversation.js';
import { describeGenerations, reportedBy } from '../support/generations.js';

describeGenerations('ids', (generation) => {
  const created = reportedBy(generation, CREATED);
  const hasVendorIds = generation.capabilities.includes('MESSAGE_LOOKUP');
  let gateway: RunningGateway;
  let followed: FollowedConversation;
  let conversation: Conversation;
  let agentId: string;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation });
    followed = await FollowedConversation.create(gateway, { customer: { name: 'Maria' } });
    agentId = gateway.simulator.centre.agentAccepts(followed.id).id;
    gateway.simulator.centre.agentSays(followed.id, 'Hello');
    await followed.expectNext(...CREATED, 'AGENT_JOINED', 'MESSAGE_ADDED');
    conversation = await followed.queried();
  });
  afterAll(() => gateway.stop());

  const node = async (id: string) => (await gateway.get(NodeDocument, { id })).node;
  const one = <T>(list: readonly T[] | null | undefined): T => {
    if (list?.[0] === undefined) throw new Error('there is none');
    return list[0];
  };

  it('finds a node of every type by its id', async () => {
    const message = one(conversation.messages?.nodes);
    const interaction = one(conversation.interactions?.nodes);
    const participant = one(conversation.participants);
    const channel = conversation.channel?.id ?? '';
    const agent = one(ofType(followed.events, 'AgentJoined')).agent;
    expect(await node(conversation.id)).toMatchObject({ __typename: 'Conversation', conversationId: followed.id });
    expect(await node(message.id)).toEqual({ __typename: 'Message', id: message.id, text: 'Hello' });
    expect(await node(interaction.id)).toMatchObject({ __typename: 'Interaction', interactionId: interaction.interactionId });
    expect(await node(participant.id)).toMatchObject({ __typename: 'Participant', participantId: participant.participantId });
    expect(await node(agent.id)).toMatchObject({ __typename: 'Agent', agentId });
    expect(await node(channel)).toMatchObject({ __typename: 'Channel', channelId: gateway.simulator.channelId });

    const ids = [message.id, conversation.id, toGlobalId('Conversation', 'nowhere'), interaction.id, participant.id, agent.id, channel];
    const { nodes } = await gateway.get(NodesDocument, { ids });
    expect(nodes.map((found) => found?.id ?? null)).toEqual(ids.map((id, index) => (index === 2 ? null : id)));
  });

  it('finds nothing under an unknown id', async () => {
    const { id } = followed;
    const nowhere = [
      '',
      'nowhere',
      id,
      toGlobalId('Conversation', 'nowhere'),
      toGlobalId('Conversation', '../channels'),
      toGlobalId('Channel', 'nowhere'),
      toGlobalId('Message', id, 'mnowhere'),
      toGlobalId('Message', id, 'enowhere'),
      toGlobalId('Message', 'nowhere', 'm1'),
      toGlobalId('Interaction', id, 'nowhere'),
      toGlobalId('Interaction', 'nowhere', one(conversation.interactions?.nodes).interactionId ?? ''),
      toGlobalId('Participant', id, 'AGENT', 'nowhere'),
      toGlobalId('Participant', 'nowhere', 'CUSTOMER', 'user'),
    ];
    for (const unknown of nowhere) expect([unknown, await node(unknown)]).toEqual([unknown, null]);
    expect(await gateway.get(ConversationDocument, { id: 'nowhere' })).toEqual({ conversation: null });
    expect(await gateway.get(ChannelDocument, { id: 'nowhere' })).toEqual({ channel: null });
    for (const conversationId of [id, 'nowhere']) {
      const global = toGlobalId('Message', conversationId, 'mnowhere');
      for (const unknown of hasVendorIds ? [global, 'nowhere'] : [global])
        expect(await gateway.get(MessageDocument, { conversationId, id: unknown })).toEqual({ message: null });
    }
    expect(await gateway.get(InteractionDocument, { conversationId: id, id: 'nowhere' })).toEqual({ interaction: null });
    expect(await gateway.get(InteractionDocument, { conversationId: 'nowhere', id: 'nowhere' })).toEqual({ interaction: null });
  });

  it('accepts the global id and the vendor id in queries', async () => {
    const message = one(conversation.messages?.nodes);
    const interaction = one(conversation.interactions?.nodes);
    for (const id of [conversation.id, conversation.conversationId]) {
      const { latestCursor: _later, ...same } = conversation;
      expect((await gateway.get(ConversationDocument, { id })).conversation).toMatchObject(same);
      for (const messageId of hasVendorIds ? [message.id, message.messageId ?? ''] : [message.id]) {
        const found = await gateway.get(MessageDocument, { conversationId: id, id: messageId });
        expect(found.message).toEqual({ ...message, conversation: { id: conversation.id } });
      }
      for (const interactionId of [interaction.id, interaction.interactionId ?? '']) {
        expect((await gateway.get(InteractionDocument, { conversationId: id, id: interactionId })).interaction).toEqual(interaction);
      }
    }
    for (const id of [conversation.channel?.id ?? '', gateway.simulator.channelId])
      expect((await gateway.get(ChannelDocument, { id })).channel?.id).toBe(conversation.channel?.id);
  });

  it('accepts the global id and the vendor id in mutations and subscriptions', async () => {
    for (const form of [(type: 'Conversation' | 'Channel', id: string) => toGlobalId(type, id), (_type: string, id: string) => id]) {
      const input = { channelId: form('Channel', gateway.simulator.channelId), customer: {} };
      const { createConversation } = await gateway.get(CreateConversationDocument, { input });
      const vendorId = createConversation.conversation?.conversationId ?? '';
      const id = form('Conversation', vendorId);
      const results = gateway.subscribe(ConversationEventsDocument, { id, after: createConversation.cursor ?? null });
      await results.take(created.length);
      const { sendMessage } = await gateway.get(SendMessageDocument, { input: { conversationId: id, text: 'Hi' } });
      expect(sendMessage).toMatchObject({ userErrors: [], conversation: { id: toGlobalId('Conversation', vendorId) } });
      expect((await results.next()).data?.conversationEvents.type).toBe('MESSAGE_ADDED');
      const { leaveConversation } = await gateway.get(LeaveConversationDocument, { input: { conversationId: id } });
      expect(leaveConversation).toMatchObject({ userErrors: [], conversation: { id: toGlobalId('Conversation', vendorId) } });
      expect((await results.next()).data?.conversationEvents.type).toBe('CUSTOMER_LEFT');
      await results.stop();
    }
  });

  it("keeps a message's id from its event, also while no list shows it", async () => {
    const { id, origin } = await createConversation(gateway);
    const { centre } = gateway.simulator;
    centre.agentAccepts(id);
    centre.lagMessages(id, true);
    centre.agentSays(id, 'Not listed yet');
    const results = gateway.subscribe(ConversationEventsDocument, { id, after: origin });
    const lastEvent = (await results.take(created.length + 2)).at(-1)?.data?.conversationEvents;
    const messageId = lastEvent?.__typename === 'MessageAdded' ? lastEvent.message.id : '';
    expect(await node(messageId)).toEqual({ __typename: 'Message', id: messageId, text: 'Not listed yet' });
    const listed = async () => (await gateway.get(ConversationDocument, { id })).conversation?.messages?.nodes.map((message) => message.id);
    expect(await listed()).toEqual([messageId]);
    centre.lagMessages(id, false);
    expect(await listed()).toEqual([messageId]);
    expect(await node(messageId)).toEqual({ __typename: 'Message', id: messageId, text: 'Not listed yet' });
  });
});
