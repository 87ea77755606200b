import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import * as ops from '../operations/operations.generated.js';
import { CHAT_API_V2, CHAT_GATEWAY_V1 } from '../support/generations.js';
import type { Generation } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';
import type { Event } from './followed-conversation.js';
import { Recorder, differences } from './recorded-answers.js';

/** The only differences that a frontend may see, each by the capability that announces it. */
const EXPLAINED: readonly { readonly path: RegExp; readonly capability: string }[] = [
  { path: /\.messageId$/, capability: 'MESSAGE_LOOKUP' },
  { path: /\.translatedText$/, capability: 'MESSAGE_TRANSLATION' },
  { path: /\.messages\.(nodes\.0|edges\.0\.node)\.createdAt$/, capability: 'MESSAGE_TIMES' },
  { path: /\.(agent|author)\.name$/, capability: 'AGENT_NAMES' },
  { path: /\.participants\.[01]\.removed$/, capability: 'CUSTOMER_PRESENCE' },
  { path: /^channels\..*\.rawType$/, capability: 'CHANNEL_TYPES' },
  { path: /^over\.conversation\.assignment$/, capability: 'ASSIGNMENT' },
  { path: /^(live|replayed)\.CONVERSATION_UPDATED$/, capability: 'UPDATE_CONVERSATION' },
  { path: /^live\.TYPING_CHANGED$/, capability: 'TYPING' },
  { path: /^sendTyping\./, capability: 'TYPING' },
  { path: /^sendThinking\./, capability: 'THINKING' },
  { path: /^upload\./, capability: 'ATTACHMENTS' },
  { path: /^sendCard\./, capability: 'CARDS' },
  { path: /^assigned\./, capability: 'ASSIGNMENT' },
  { path: /^returnToBot\./, capability: 'RETURN_TO_BOT' },
  { path: /^renamed\./, capability: 'UPDATE_CONVERSATION' },
  { path: /^byVendorId\./, capability: 'MESSAGE_LOOKUP' },
  { path: /^byProperty\./, capability: 'FILTER_BY_PROPERTY' },
  { path: /^byCreation\./, capability: 'ORDER_BY_CREATION' },
];

const has = ({ capabilities }: Generation, capability: string): boolean => capabilities.includes(capability);

/** What a frontend does from the first message to the last, and what it gets; the same whatever is behind the gateway. */
async function play(generation: Generation): Promise<Record<string, unknown>> {
  const running = await RunningGateway.start({ generation, overrides: { settleDelaysMs: [5, 20, 100, 500] } });
  try {
    return await session(running);
  } finally {
    await running.stop();
  }
}

async function session(running: RunningGateway): Promise<Record<string, unknown>> {
  const { centre, webhookSender, channelId, queueIds } = running.simulator;
  const answers: Record<string, unknown> = {};
  const customer = {
    name: 'Mia',
    customerId: 'm1',
    email: 'mia@example.com',
    language: 'de',
    properties: [{ key: 'plan', value: 'gold' }],
  };
  const story = await FollowedConversation.create(running, { customer, history: [{ sentAs: 'BOT', text: 'How can I help?' }] });
  const { id } = story;
  const recorder = new Recorder(running, id);
  const ask = async <T, V>(step: string, document: TypedDocumentNode<T, V>, variables: V): Promise<void> => {
    const { data, errors } = await running.ask(document as TypedDocumentNode<T, object>, variables as object);
    const codes = errors.map(({ path, extensions }) => ({ path, code: extensions?.['code'] }));
    answers[step] = recorder.recorded({ ...data, ...(codes.length === 0 ? {} : { errors: codes }) });
  };
  const { channels } = await running.get(ops.ChannelsDocument, { first: 5 });
  answers['channels'] = recorder.recorded([...channels.nodes].sort((one, other) => (one.name < other.name ? -1 : 1)));

  await story.expectNext(...CREATED);
  await ask('waiting', ops.ConversationDocument, { id });
  centre.agentAccepts(id);
  await story.expectNext('AGENT_JOINED');
  await ask('sent', ops.SendMessageDocument, { input: { conversationId: id, text: 'Hello', sendAs: 'CUSTOMER', clientMessageId: 'c-1' } });
  await story.expectNext('MESSAGE_ADDED');
  centre.agentTypes(id);
  await story.expectNext('TYPING_CHANGED');
  centre.agentSays(id, 'Good morning');
  await story.expectNext('TYPING_CHANGED', 'MESSAGE_ADDED');
  await ask('talking', ops.ConversationDocument, { id });
  await ask('page', ops.MessagesDocument, { id, first: 2 });
  await ask('byNode', ops.NodeDocument, { id: (await story.queried()).messages?.nodes.at(-1)?.id ?? '' });
  centre.agentTransfers(id, queueIds[1] ?? '');
  await story.expectNext('CONVERSATION_TRANSFERRED', 'AGENT_LEFT', 'INTERACTION_QUEUED');
  centre.agentAccepts(id);
  await story.expectNext('AGENT_JOINED');
  await ask('later', ops.ConversationDocument, { id });
  await ask('left', ops.LeaveConversationDocument, { input: { conversationId: id } });
  await story.expectEnd('CUSTOMER_LEFT', 'AGENT_LEFT');
  await ask('over', ops.ConversationDocument, { id });
  await ask('reopened', ops.SendMessageDocument, { input: { conversationId: id, text: 'One more thing', sendAs: 'CUSTOMER' } });
  await story.expectNext('MESSAGE_ADDED', 'CONVERSATION_UPDATED', 'INTERACTION_QUEUED');
  centre.agentAccepts(id);
  await story.expectNext('AGENT_JOINED');
  await ask('handled', ops.HandlingDocument, { id });
  await ask('openOnes', ops.FilteredConversationsDocument, { first: 5, filter: { status: 'OPEN', customer: { customerId: 'm1' } } });
  await ask('nowhere', ops.ConversationDocument, { id: 'nowhere' });
  await ask('nobody', ops.SendMessageDocument, { input: { conversationId: 'nowhere', text: 'Hi' } });
  await ask('refused', ops.CreateConversationDocument, { input: { channelId, customer: { email: 'none' } } });
  answers['live'] = recorder.recorded(byType(story.events));
  answers['replayed'] = recorder.recorded(byType(await story.queriedEvents()));

  // What not every upstream can do.
  const input = { conversationId: id };
  await ask('sendTyping', ops.SendTypingDocument, { input });
  await ask('markRead', ops.MarkReadDocument, { input: { ...input, sendAs: 'CUSTOMER' } });
  await ask('sendThinking', ops.SendThinkingDocument, { input });
  const file = { filename: 'a.txt', contentType: 'text/plain', sizeBytes: 3 };
  const upload = await running.ask(ops.CreateAttachmentUploadDocument, { input: { ...input, ...file } });
  answers['upload'] = { isOffered: upload.data !== null, code: upload.errors[0]?.extensions?.['code'] };
  await ask('sendCard', ops.SendMessageDocument, { input: { ...input, cards: [{ contentType: 'Buttons', content: {} }] } });
  await ask('byVendorId', ops.MessageDocument, { conversationId: id, id: 'none' });
  await ask('byProperty', ops.FilteredConversationsDocument, {
    first: 5,
    filter: { customer: { properties: [{ key: 'plan', value: 'gold' }] } },
  });
  await ask('byCreation', ops.FilteredConversationsDocument, { first: 5, orderBy: { field: 'CREATED_AT', direction: 'DESC' } });
  await ask('renamed', ops.UpdateConversationDocument, { input: { ...input, customer: { name: 'Mia B' } } });
  const webhookId = [...centre.directory.webhooks.keys()][0] ?? '';
  await ask('returnToBot', ops.ScheduleReturnToBotDocument, { input: { ...input, webhookId } });
  const assigned = { channelId, customer: {}, assignment: { type: 'QUEUE' as const, targetId: queueIds[1] ?? '' } };
  const created = await running.ask(ops.CreateConversationDocument, { input: assigned });
  answers['assigned'] = { isMade: created.data !== null, code: created.errors[0]?.extensions?.['code'] };
  await webhookSender.settled();
  return answers;
}

/** Events by type: events that the gateway appends itself race with the upstream's. What is known only later is left out. */
function byType(events: readonly Event[]): Record<string, object[]> {
  const types: Record<string, object[]> = {};
  for (const { replayed: _replayed, ...event } of events) {
    const message = event.__typename === 'MessageAdded' ? { ...event.message, messageId: null } : undefined;
    const later = event.__typename === 'AgentLeft' ? { endsInteraction: 'known once it is settled' } : {};
    (types[event.type] ??= []).push({ ...event, ...later, ...(message === undefined ? {} : { message }) });
  }
  return types;
}

describe('a session of a frontend over both generations', () => {
  let found: { path: string; one: unknown; other: unknown }[];
  beforeAll(async () => {
    found = differences(await play(CHAT_GATEWAY_V1), await play(CHAT_API_V2));
  }, 60_000);

  it('gets answers that differ only where the capabilities say so', () => {
    expect(found.filter(({ path }) => !EXPLAINED.some((explained) => explained.path.test(path)))).toEqual([]);
  });

  it.each(EXPLAINED)('differs at $path, as $capability states', ({ path, capability }) => {
    expect(found.some((difference) => path.test(difference.path))).toBe(true);
    expect(has(CHAT_GATEWAY_V1, capability)).not.toBe(has(CHAT_API_V2, capability));
  });

  it('is rejected with UNSUPPORTED_BY_UPSTREAM if a capability is missing', () => {
    const codes = found.filter(({ path }) => /\.code$/.test(path)).map(({ one, other }) => one ?? other);
    expect(new Set(codes)).toEqual(new Set(['UNSUPPORTED_BY_UPSTREAM']));
  });
});

describe('the capabilities', () => {
  it.each([CHAT_GATEWAY_V1, CHAT_API_V2])('of $name are listed in advance', async (generation) => {
    const running = await RunningGateway.start({ generation });
    try {
      const { gateway } = await running.get(ops.GatewayDocument);
      expect({ upstream: gateway.upstream, capabilities: [...gateway.capabilities].sort() }).toEqual({
        upstream: generation.kind,
        capabilities: [...generation.capabilities].sort(),
      });
    } finally {
      await running.stop();
    }
  });
});
