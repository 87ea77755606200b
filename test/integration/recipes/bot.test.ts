import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { connect } from '../../../client/src/connect.js';
import { bot } from '../../../examples/recipes/bot.js';
import type { BotOptions } from '../../../examples/recipes/bot.js';
import { shardOf } from '../../../src/domain/shard.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';
import { createConversation } from '../followed-conversation.js';
import { SendMessageDocument } from '../../operations/operations.generated.js';

const WORKERS = 2;

let gateway: RunningGateway;
let client: Client;
let ending: AbortController;
let over: Promise<unknown> | undefined;
/** Of each worker: the cursors that it was done with. */
let reached: string[][];

beforeAll(async () => {
  gateway = await RunningGateway.start();
  client = connect({ url: gateway.addresses.wsUrl, webSocketImpl: WebSocket });
});
afterAll(async () => {
  await client.dispose();
  await gateway.stop();
});
afterEach(stop);

/** Starts all workers, each after its cursor. */
function start(afters: readonly (string | null)[]): void {
  ending = new AbortController();
  const { signal } = ending;
  const [queueId = ''] = gateway.simulator.centre.directory.queues.keys();
  const [webhookId = ''] = gateway.simulator.centre.directory.webhooks.keys();
  const answer: BotOptions['answer'] = (text) => (text.includes('person') ? null : `You said: ${text}`);
  reached = afters.map(() => []);
  const workers = afters.map((after, index) => {
    const done = (cursor: string) => void reached[index]?.push(cursor);
    return bot({ client, answer, queueId, webhookId, shard: { index, count: afters.length }, after, done, signal });
  });
  over = Promise.all(workers);
}

async function stop(): Promise<void> {
  ending.abort();
  await over;
}

const simulated = (id: string) => gateway.simulator.centre.conversation(id);
const texts = (id: string) => simulated(id).messages.map(({ text }) => text);

async function createForBot(): Promise<string> {
  const [script = ''] = gateway.simulator.centre.directory.webhooks.keys();
  return (await createConversation(gateway, { assignment: { type: 'SCRIPT', targetId: script } })).id;
}

/** The customer says something, and gets this answer. */
async function answered(id: string, text: string, answer: string | null): Promise<void> {
  const said = texts(id).length;
  await gateway.get(SendMessageDocument, { input: { conversationId: id, text, sendAs: 'CUSTOMER' } });
  if (answer === null) return;
  await untilTrue(() => texts(id).length === said + 2);
  expect(texts(id).slice(said)).toEqual([text, answer]);
}

it('answers, hands over, resumes, and continues where it stopped without answering twice, each worker in its shard', async () => {
  const { data } = await gateway.post<{ gateway: { latestCursor: string } }>({ query: '{ gateway { latestCursor } }' });
  const latest = data?.gateway.latestCursor ?? null;
  start(Array.from({ length: WORKERS }, () => latest));
  const ids = [await createForBot()];
  // One for each worker at least.
  while (new Set(ids.map((id) => shardOf(id, WORKERS))).size < WORKERS) ids.push(await createForBot());
  for (const id of ids) await answered(id, 'opening hours?', 'You said: opening hours?');

  for (const id of ids) {
    await answered(id, 'a person, please', 'I will get somebody for you.');
    gateway.simulator.centre.agentAccepts(id);
    await answered(id, 'this is for the agent', null);
    gateway.simulator.centre.agentLeaves(id);
    await untilTrue(() => simulated(id).assignment.type === 'script');
    await answered(id, 'are you back?', 'You said: are you back?');
  }

  // As after a crash between the answer and the note of it: each repeats what it did last.
  await stop();
  start(reached.map((cursors) => cursors.at(-3) ?? null));
  for (const id of ids) {
    await answered(id, 'and now?', 'You said: and now?');
    expect(texts(id).filter((text) => text === 'You said: are you back?')).toHaveLength(1);
  }
});
