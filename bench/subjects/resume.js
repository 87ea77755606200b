// Ten thousand clients reconnect at the same time after an outage: all resume by cursor, 100 events each, while others keep receiving live events.
import { httpLoad } from '../lib/http-load.js';
import { settingsOver, startGateway } from '../lib/gateway-settings.js';
import { pathOf, startServer } from '../lib/processes.js';
import { quantiles } from '../lib/statistics.js';
import { Journeys, signedWebhooks } from '../lib/webhooks.js';
import { Subscriber, openSubscribers, subscribeFrame } from '../lib/ws-load.js';

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

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const server = await startGateway(settingsOver(upstream));
  const port = Number(new URL(server.webhookUrl).port);
  const { privateKey } = upstream;
  const cursors = await origins(server.graphqlUrl);
  const missed = await signedWebhooks(CONVERSATIONS * EVENTS, { port, privateKey, conversations: CONVERSATIONS });
  await httpLoad({ port, connections: 64, durationMs: 120_000, next: () => missed.shift()?.bytes ?? null, check });

  const journeys = new Journeys();
  // Live events are for conversations of their own: t100 and on.
  const live = await openSubscribers(port, { sockets: 50, topicOf: (n) => `live${n}`, onNext: journeys.onNext });
  const events = await signedWebhooks(LIVE_PER_SECOND * 30, { port, privateKey, conversations: 50, topic: 'live' });

  let received = 0;
  const clients = [];
  for (let n = 0; n < CLIENTS; n += 100) {
    const some = Array.from({ length: 100 }, (_, m) =>
      Subscriber.open(port, { onNext: () => (received += 1), localAddress: `127.0.0.${2 + ((n + m) % 8)}` }),
    );
    clients.push(...(await Promise.all(some)));
  }
  const requests = clients.map((_, n) => subscribeFrame('1', { id: `t${n % CONVERSATIONS}`, after: cursors[n % CONVERSATIONS] }));
  let isOver = false;
  const next = () => {
    const event = isOver ? undefined : events.shift();
    if (event !== undefined) journeys.sent(event.eventId);
    return event?.bytes ?? null;
  };
  const stream = httpLoad({ port, connections: 16, durationMs: 30_000, next, check, perSecond: LIVE_PER_SECOND });
  await pause(1_000);
  const before = quantiles(journeys.latencies);
  journeys.latencies = [];
  const startedAt = performance.now();
  for (const [n, client] of clients.entries()) {
    client.socket.write(requests[n]);
    if (n % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const askedAfter = (performance.now() - startedAt) / 1000;
  while (received < CLIENTS * EVENTS && performance.now() - startedAt < 60_000) await pause(5);
  const seconds = (performance.now() - startedAt) / 1000;
  const during = quantiles(journeys.latencies);
  isOver = true;
  await stream;
  for (const client of [...clients, ...live]) client.close();
  await server.stop();
  await upstream.stop();
  const table = [
    {
      clients: CLIENTS,
      'events received': received,
      'seconds to ask': askedAfter,
      seconds,
      'live p50 ms before': before.p50,
      'live p99 ms before': before.p99,
      'live p50 ms during': during.p50,
      'live p99 ms during': during.p99,
    },
  ];
  return [
    {
      id: 'resume',
      title: `${CLIENTS.toLocaleString('en')} connected clients resume ${EVENTS} events each simultaneously, on ${CONVERSATIONS} conversations`,
      table,
    },
  ];
}
