import { seededRandom } from '../contract/event-log/seeded-random.js';
import { RacedMessagesDocument } from '../operations/operations.generated.js';
import type { Subscriber } from '../support/multipart-subscriber.js';
import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import { subscriberAs } from './access-client.js';
import { createConversation } from './followed-conversation.js';
import { MessageListener } from './message-listener.js';
import { QueryRace, TEXTS } from './query-race.js';

/** `QUERY_RACE_SEED=17` plays the round of that seed alone, `QUERY_RACE_ROUNDS=10000` that many. */
const ONLY_SEED = process.env['QUERY_RACE_SEED'];
const ROUNDS = process.env['QUERY_RACE_ROUNDS'];
const AT_ONCE = 8;
/** Rounds in one conversation, now few, so that the history is near, now many, so that there is more than a query shows. */
const ROUNDS_IN_A_CONVERSATION = [5, 5, 5, 5, 20];

let gateway: RunningGateway;
let clients: Subscriber[];
/** By conversation: how far the times of its events are off those of its list. */
const skews = new Map<string, number>();

/** With a history of the texts that will be said again, read once, and with an agent. */
async function conversationWithHistory(random: () => number): Promise<{ id: string; listener: MessageListener }> {
  const history = TEXTS.flatMap((text) => [
    { sentAs: 'CUSTOMER' as const, text },
    { sentAs: 'BOT' as const, text },
  ]);
  const { id, origin } = await createConversation(gateway, { history });
  skews.set(id, Math.floor((random() * 2 - 1) * 2_000));
  gateway.simulator.centre.agentAccepts(id);
  await gateway.get(RacedMessagesDocument, { id, last: 20 });
  return { id, listener: new MessageListener(clientFor(random), id, origin) };
}

const clientFor = (random: () => number): Subscriber => {
  const client = clients[Math.floor(random() * clients.length)];
  if (client === undefined) throw new Error('there is no client');
  return client;
};

async function playRounds(seeds: readonly number[]): Promise<void> {
  const { id, listener } = await conversationWithHistory(seededRandom(seeds[0] ?? 0));
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const race = new QueryRace(gateway, clientFor(random), listener, id, seed, random);
    await race.play().catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Error(`QUERY_RACE_SEED=${seed}, in this order: ${race.steps.taken.join('; ')}\n${problem}`, { cause: error });
    });
  }
  await listener.stop();
}

describe.each(SETTINGS)('a race over $transport ($generation.name)', ({ generation, transport }) => {
  // What a race is about lies before the transports.
  const races = transport === 'WebSocket' ? generation.races : generation.races / 5;
  const rounds = ONLY_SEED === undefined ? Number(ROUNDS ?? races) : 1;

  beforeAll(async () => {
    gateway = await RunningGateway.start({
      generation,
      simulator: { eventSkewMs: ({ conversationId }) => skews.get(conversationId) ?? 0 },
    });
    // Each conversation is listened to until the end, and a socket accepts 20 operations in parallel.
    clients = Array.from({ length: 24 }, () => subscriberAs(gateway, null, transport));
  });
  afterAll(async () => {
    for (const client of clients) await client.dispose();
    await gateway.stop();
  });

  it(`misses and doubles nothing in ${rounds} rounds of querying, subscribing after the cursor and merging by id`, async () => {
    const seeds = ONLY_SEED === undefined ? Array.from({ length: rounds }, (_, index) => index + 1) : [Number(ONLY_SEED)];
    const batches: number[][] = [];
    while (seeds.length > 0) batches.push(seeds.splice(0, ROUNDS_IN_A_CONVERSATION[batches.length % ROUNDS_IN_A_CONVERSATION.length]));
    const players = Array.from({ length: AT_ONCE }, async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await playRounds(batch);
    });
    await Promise.all(players);
  }, 600_000);
});
