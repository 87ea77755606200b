// Ten thousand clients reconnect at the same time after an outage: all resume by cursor, 100 events each, while others keep receiving live events.
import { BUILDS, startBuild } from '../lib/builds.js';
import { httpLoad } from '../lib/http-load.js';
import { openLiveStream } from '../lib/live-stream.js';
import { pathOf, startServer } from '../lib/processes.js';
import { ROUNDS, over } from '../lib/rounds.js';
import { signedWebhooks } from '../lib/webhooks.js';
import { Subscriber, subscribeFrame } from '../lib/ws-load.js';

const CLIENTS = Number(process.env.CLIENTS ?? 10_000);
const CONVERSATIONS = 100;
const EVENTS = 100;
const LIVE_PER_SECOND = 100;
/** Requests to resume between two looks at what else the generator has to send and to time: ten thousand clients are no single loop that stands still for all of them. */
const AT_ONCE = 50;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const check = (status) => {
  if (status !== 204) throw new Error(`a webhook was answered ${status}`);
};

async function origins(graphqlUrl) {
  const cursors = [];
  for (let n = 0; n < CONVERSATIONS; n += 1) {
    const query = `{ conversation(id: "t${n}") { latestCursor } }`;
    const answer = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    cursors.push((await answer.json()).data.conversation.latestCursor);
  }
  return cursors;
}

/** One outage of a gateway that has just started. */
async function measure(name, upstream) {
  const server = await startBuild(name, upstream);
  const port = Number(new URL(server.webhookUrl).port);
  const { privateKey } = upstream;
  const cursors = await origins(server.graphqlUrl);
  const missed = await signedWebhooks(CONVERSATIONS * EVENTS, { port, privateKey, conversations: CONVERSATIONS });
  await httpLoad({ port, connections: 64, durationMs: 120_000, next: () => missed.shift()?.bytes ?? null, check });

  // Live events are for conversations of their own.
  const live = await openLiveStream({ port, privateKey, perSecond: LIVE_PER_SECOND, seconds: 70 });
  let received = 0;
  const clients = [];
  for (let n = 0; n < CLIENTS; n += 100) {
    const some = Array.from({ length: 100 }, (_, m) =>
      Subscriber.open(port, { onNext: () => (received += 1), localAddress: `127.0.0.${2 + ((n + m) % 8)}` }),
    );
    clients.push(...(await Promise.all(some)));
  }
  const requests = clients.map((_, n) => subscribeFrame('1', { id: `t${n % CONVERSATIONS}`, after: cursors[n % CONVERSATIONS] }));
  await live.begin();
  await pause(1_000);
  const before = await live.taken();
  const startedAt = performance.now();
  for (const [n, client] of clients.entries()) {
    client.socket.write(requests[n]);
    if (n % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const askedAfter = (performance.now() - startedAt) / 1000;
  while (received < CLIENTS * EVENTS && performance.now() - startedAt < 60_000) await pause(5);
  const seconds = (performance.now() - startedAt) / 1000;
  const during = await live.taken();
  await live.end();
  for (const client of clients) client.close();
  await server.stop();
  return { received, askedAfter, seconds, before, during };
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const rounds = Object.fromEntries(Object.keys(BUILDS).map((name) => [name, []]));
  for (let n = 0; n < ROUNDS; n += 1) for (const name of Object.keys(BUILDS)) rounds[name].push(await measure(name, upstream));
  await upstream.stop();
  const table = Object.entries(rounds).map(([name, measured]) => ({
    '': name,
    'events received': Math.min(...measured.map(({ received }) => received)),
    'seconds to ask': over(measured, ({ askedAfter }) => askedAfter),
    seconds: over(measured, ({ seconds }) => seconds),
    'live p50 ms before': over(measured, ({ before }) => before.p50),
    'live p99 ms before': over(measured, ({ before }) => before.p99),
    'live p50 ms during': over(measured, ({ during }) => during.p50),
    'live p99 ms during': over(measured, ({ during }) => during.p99),
  }));
  return [
    {
      id: 'resume',
      title: `${CLIENTS.toLocaleString('en')} connected clients resume ${EVENTS} events each simultaneously, on ${CONVERSATIONS} conversations`,
      table,
    },
  ];
}
