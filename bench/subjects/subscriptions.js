// Whether events to a few are held up by how many others listen to other conversations: as many events as the gateway delivers to 100 subscribers, beside idle ones.
import { settingsOver, startFeed } from '../lib/gateway-settings.js';
import { pathOf, startServer } from '../lib/processes.js';
import { ROUND_MS, alternate } from '../lib/rounds.js';
import { Counter, openSubscribers } from '../lib/ws-load.js';

const ACTIVE = 100;
const IDLE = [100, 1_000, 5_000, 20_000];
/** Limited by open files: `ulimit -n` is 20,000 on many machines. */
const SUBSCRIPTIONS = 20;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The gateway's own count of subscriptions. */
async function subscriptionsAt({ graphqlUrl }) {
  const metrics = await (await fetch(new URL('/metrics', graphqlUrl))).text();
  return Number(/^gateway_subscriptions (\d+)$/m.exec(metrics)?.[1]);
}

async function serverWith(idle, upstream) {
  const server = await startFeed(settingsOver(upstream));
  const port = Number(new URL(server.wsUrl).port);
  const counter = new Counter();
  const onIdle = (body) => {
    throw new Error(`an idle subscription received: ${body.toString().slice(0, 300)}`);
  };
  const open = [
    ...(await openSubscribers(port, { sockets: ACTIVE, topicOf: (n) => `t${n}`, onNext: counter.onNext })),
    ...(await openSubscribers(port, {
      sockets: idle / SUBSCRIPTIONS,
      subscriptions: SUBSCRIPTIONS,
      topicOf: (n) => `idle${n}`,
      onNext: onIdle,
    })),
  ];
  for (let waited = 0; (await subscriptionsAt(server)) !== ACTIVE + idle; waited += 100) {
    if (waited > 20_000) throw new Error(`${await subscriptionsAt(server)} subscriptions where ${ACTIVE + idle} were asked for`);
    await pause(100);
  }
  return { server, counter, open };
}

async function feed({ server, counter }) {
  counter.take();
  const startedAt = performance.now();
  const answer = await fetch(`http://127.0.0.1:${server.feedPort}/feed?topics=${ACTIVE}&durationMs=${ROUND_MS}`);
  const { published } = await answer.json();
  for (let waited = 0; counter.count < published && waited < 10_000; waited += 2) await pause(2);
  const seconds = (performance.now() - startedAt) / 1000;
  const { count, latencyMs } = counter.take();
  if (count !== published) throw new Error(`${published} deliveries were due and ${count} came`);
  return { rate: count / seconds, p50: latencyMs.p50, p99: latencyMs.p99 };
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const competitors = {};
  for (const idle of IDLE) {
    const running = await serverWith(idle, upstream);
    competitors[`${idle.toLocaleString('en')} idle`] = { ...running, run: () => feed(running) };
  }
  const rounds = await alternate(competitors);
  for (const { server, open } of Object.values(competitors)) {
    for (const subscriber of open) subscriber.close();
    await server.stop();
  }
  await upstream.stop();
  return [
    {
      id: 'subscriptions',
      title: '100 subscribers on conversations of their own, beside idle subscriptions to others',
      unit: 'events/s',
      baseline: '100 idle',
      rounds,
    },
  ];
}
