import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { bot } from '../../../examples/recipes/bot.js';
import type { BotOptions } from '../../../examples/recipes/bot.js';
import { lastingSocket } from '../../../examples/recipes/socket.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';
import { createConversation } from '../followed-conversation.js';
import { SendMessageDocument } from '../../operations/operations.generated.js';

let gateway: RunningGateway;
let socket: Client;
let ending: AbortController;
let over: Promise<void> | undefined;
const reached: string[] = [];

beforeAll(async () => {
  gateway = await RunningGateway.start();
  socket = lastingSocket({ url: gateway.addresses.wsUrl, webSocketImpl: WebSocket, firstWaitMs: 20 });
});
afterAll(async () => {
  await socket.dispose();
  await gateway.stop();
});
afterEach(async () => {
  ending.abort();
  await over;
});

function start(after: string | null): void {
  ending = new AbortController();
  const [queue = ''] = gateway.simulator.centre.directory.queues.keys();
  const [webhook = ''] = gateway.simulator.centre.directory.webhooks.keys();
  const answer: BotOptions['answer'] = (text) => (text.includes('person') ? null : `You said: ${text}`);
  over = bot(socket, { answer, queue, webhook, after, done: (cursor) => reached.push(cursor), signal: ending.signal });
}

const simulated = (id: string) => gateway.simulator.centre.conversation(id);
const texts = (id: string) => simulated(id).messages.map(({ text }) => text);

/** The customer says something, and gets this answer. */
async function answered(id: string, text: string, answer: string | null): Promise<void> {
  const said = texts(id).length;
  await gateway.get(SendMessageDocument, { input: { conversationId: id, text, sendAs: 'CUSTOMER' } });
  if (answer === null) return;
  await untilTrue(() => texts(id).length === said + 2);
  expect(texts(id).slice(said)).toEqual([text, answer]);
}

it('answers, hands over, resumes, and continues where it stopped without answering twice', async () => {
  const { data } = await gateway.post<{ gateway: { latestCursor: string } }>({ query: '{ gateway { latestCursor } }' });
  start(data?.gateway.latestCursor ?? null);
  const [script = ''] = gateway.simulator.centre.directory.webhooks.keys();
  const { id } = await createConversation(gateway, { assignment: { type: 'SCRIPT', targetId: script } });
  await answered(id, 'opening hours?', 'You said: opening hours?');

  await answered(id, 'a person, please', 'I will get somebody for you.');
  gateway.simulator.centre.agentAccepts(id);
  await answered(id, 'this is for the agent', null);
  gateway.simulator.centre.agentLeaves(id);
  await untilTrue(() => simulated(id).assignment.type === 'script');
  await answered(id, 'are you back?', 'You said: are you back?');

  // As after a crash between the answer and the note of it.
  ending.abort();
  await over;
  const [beforeLast] = reached.splice(-2);
  start(beforeLast ?? null);
  await answered(id, 'and now?', 'You said: and now?');
  expect(texts(id).filter((text) => text === 'You said: are you back?')).toHaveLength(1);
});
