import {
  CapabilitiesDocument,
  ConversationDocument,
  ConversationEventsDocument,
  ExecuteCardDocument,
  MarkReadDocument,
  MessageContentDocument,
  ScheduleReturnToBotDocument,
  SendMessageDocument,
  SendThinkingDocument,
  SendTypingDocument,
  SubmitCardDocument,
} from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { createConversation } from './content-client.js';

const NOW = 1_767_225_600_000;

let gateway: RunningGateway;
let id: string;
let origin: string;
beforeAll(async () => {
  // Each thing that happens has a time of its own.
  let simulated = NOW;
  gateway = await RunningGateway.start({
    simulator: { clock: () => (simulated += 1) },
    overrides: { clock: () => NOW },
    config: { webhookMaxAgeMs: 0 },
  });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  ({ id, origin } = await createConversation(gateway));
});

const simulated = () => gateway.simulator.centre.conversation(id);

/** The first event of a type. */
async function event(type: string) {
  const events = gateway.subscribe(ConversationEventsDocument, { id, after: origin });
  for (;;) {
    const { data } = await events.next();
    if (data?.conversationEvents.type !== type) continue;
    await events.stop();
    return data.conversationEvents;
  }
}

describe('cards', () => {
  const card = { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.3' } };
  const cards = async () => (await gateway.get(MessageContentDocument, { id })).conversation?.messages?.nodes[0]?.cards ?? [];
  beforeEach(async () => {
    await gateway.get(SendMessageDocument, { input: { conversationId: id, sendAs: 'BOT', cards: [card] } });
  });

  it('can be submitted and executed, which shows in queries and events', async () => {
    const [sent] = await cards();
    const input = { conversationId: id, cardId: sent?.cardId ?? '' };
    const { submitCard } = await gateway.get(SubmitCardDocument, { input: { ...input, name: 'order' } });
    expect(submitCard).toMatchObject({ conversation: { id: expect.any(String) as string }, userErrors: [] });
    expect(await cards()).toMatchObject([{ submitted: true, executed: false }]);
    expect(await event('CARD_ACTION_INVOKED')).toMatchObject({ action: 'Action.Submit', data: { name: 'order' } });
    await gateway.get(ExecuteCardDocument, { input });
    expect(await cards()).toMatchObject([{ submitted: true, executed: true }]);
  });

  it.each(['', 'none', '..'])('cannot be used if unknown: %j', async (cardId) => {
    const { executeCard } = await gateway.get(ExecuteCardDocument, { input: { conversationId: id, cardId } });
    expect(executeCard).toMatchObject({
      conversation: null,
      userErrors: [{ field: ['cardId'], code: cardId === '' ? 'REQUIRED' : 'NOT_FOUND' }],
    });
  });
});

it('shows typing in the conversation and as an event', async () => {
  const { sendTyping } = await gateway.get(SendTypingDocument, { input: { conversationId: id, sendAs: 'CUSTOMER' } });
  expect(sendTyping.userErrors).toEqual([]);
  await gateway.simulator.webhookSender.settled();
  const { conversation } = await gateway.get(ConversationDocument, { id });
  expect(conversation?.typing).toMatchObject([{ type: 'CUSTOMER' }]);
});

it('the caller of no customer’s token types as the bot', async () => {
  await gateway.get(SendTypingDocument, { input: { conversationId: id } });
  expect([...simulated().typing]).toEqual(['bot']);
});

it('reading is up to now, or to what is said', async () => {
  await gateway.get(MarkReadDocument, { input: { conversationId: id, sendAs: 'CUSTOMER' } });
  await gateway.get(MarkReadDocument, { input: { conversationId: id, readAt: '2025-12-31T23:00:00.000Z' } });
  expect(simulated().readUpTo).toEqual({ user: NOW, bot: NOW - 3_600_000 });
});

it.each([
  [1, []],
  [600, []],
  [null, []],
  [0, [{ field: ['maxSeconds'], code: 'INVALID', message: '`maxSeconds` must be between 1 and 600; got 0.' }]],
  [601, [{ field: ['maxSeconds'], code: 'INVALID', message: '`maxSeconds` must be between 1 and 600; got 601.' }]],
])('thinking for %p seconds', async (maxSeconds, userErrors) => {
  const { sendThinking } = await gateway.get(SendThinkingDocument, { input: { conversationId: id, maxSeconds } });
  expect(sendThinking.userErrors).toEqual(userErrors);
});

describe('the return to the bot', () => {
  const schedule = async (input: object) => {
    const [webhookId = ''] = gateway.simulator.centre.directory.webhooks.keys();
    const all = { conversationId: id, webhookId, ...input };
    return (await gateway.get(ScheduleReturnToBotDocument, { input: all })).scheduleReturnToBot.userErrors;
  };

  it('happens once the agent has left', async () => {
    expect(await schedule({ notifyChannelWebhook: true, maxTotalMinutes: 20, userTimeoutMinutes: 300 })).toEqual([]);
    gateway.simulator.centre.agentAccepts(id);
    gateway.simulator.centre.agentLeaves(id);
    await gateway.simulator.webhookSender.settled();
    const { conversation } = await gateway.get(ConversationDocument, { id });
    expect(conversation).toMatchObject({ state: 'BOT', assignment: { type: 'SCRIPT' } });
  });

  it('has its bounds', async () => {
    const range = (field: string, least: number, most: number, got: number) => ({
      field: [field],
      code: 'INVALID',
      message: `\`${field}\` must be between ${least} and ${most}; got ${got}.`,
    });
    expect(await schedule({ maxTotalMinutes: 19, userTimeoutMinutes: 9 })).toEqual([
      range('maxTotalMinutes', 20, 600, 19),
      range('userTimeoutMinutes', 10, 300, 9),
    ]);
    expect(await schedule({ maxTotalMinutes: 601, userTimeoutMinutes: 301 })).toEqual([
      range('maxTotalMinutes', 20, 600, 601),
      range('userTimeoutMinutes', 10, 300, 301),
    ]);
    expect(await schedule({ webhookId: '' })).toMatchObject([{ field: ['webhookId'], code: 'INVALID' }]);
    expect(simulated().returnTo).toBeNull();
  });

  it('to a webhook that is not there is refused by the contact centre', async () => {
    expect(await schedule({ webhookId: 'none' })).toMatchObject([{ code: 'UPSTREAM_REFUSED' }]);
  });
});

it('answers NOT_FOUND for an unknown conversation', async () => {
  for (const conversationId of ['none', '..']) {
    const { sendTyping } = await gateway.get(SendTypingDocument, { input: { conversationId } });
    expect(sendTyping).toMatchObject({ conversation: null, userErrors: [{ field: ['conversationId'], code: 'NOT_FOUND' }] });
  }
  const early = await gateway.get(MarkReadDocument, { input: { conversationId: id, readAt: '1969-12-31T23:59:59.999Z' } });
  expect(early.markRead).toMatchObject({ conversation: null, userErrors: [{ field: ['readAt'], code: 'INVALID' }] });
  const { markRead } = await gateway.get(MarkReadDocument, { input: { conversationId: '' } });
  expect(markRead).toMatchObject({ conversation: null, userErrors: [{ field: ['conversationId'], code: 'INVALID' }] });
});

it('lists the capability in advance', async () => {
  const { gateway: reported } = await gateway.get(CapabilitiesDocument);
  expect(reported.capabilities).toEqual(
    expect.arrayContaining(['ATTACHMENTS', 'CARDS', 'TYPING', 'THINKING', 'READ_RECEIPTS', 'RETURN_TO_BOT']),
  );
});
