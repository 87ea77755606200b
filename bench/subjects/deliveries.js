// Deliveries to subscribers, from the log's hand-over to the socket, against `ws` with ready texts.
import { Counter, openSubscribers } from '../lib/ws-load.js';
import { settingsOver, startFeed } from '../lib/gateway-settings.js';
import { NODE_ARGS, pathOf, startServer } from '../lib/processes.js';
import { ROUND_MS, alternate } from '../lib/rounds.js';

const SERVERS = { gateway: startFeed, 'raw ws': (_env, nodeArgs) => startServer(pathOf('servers/raw-ws.js'), { nodeArgs }) };
/** The first sockets warm the server up: what they have it load and compile is no socket's. */
const WARMING = 1_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One round: has the server publish, and waits until everything has arrived. */
async function feed(server, counter, { sockets, topics, perSecond = 0 }) {
  counter.take();
  const fanOut = sockets / topics;
  const startedAt = performance.now();
  const answer = await fetch(
    `http://127.0.0.1:${server.feedPort}/feed?topics=${topics}&durationMs=${ROUND_MS}&perSecond=${perSecond}&fanOut=${fanOut}`,
  );
  const { published } = await answer.json();
  for (let waited = 0; counter.count < published * fanOut && waited < 10_000; waited += 2) await pause(2);
  const seconds = (performance.now() - startedAt) / 1000;
  const { count, latencyMs } = counter.take();
  if (count !== published * fanOut) throw new Error(`${published * fanOut} deliveries were due and ${count} came`);
  return { rate: count / seconds, p50: latencyMs.p50, p99: latencyMs.p99 };
}

/** Both servers with `sockets` subscribers each. */
async function withSubscribers(upstream, { sockets, topics, subscriptions, nodeArgs = NODE_ARGS }, work) {
  const competitors = {};
  for (const [name, start] of Object.entries(SERVERS)) {
    const server = await start(settingsOver(upstream), nodeArgs);
    const counter = new Counter();
    const port = Number(new URL(server.wsUrl).port);
    const openMore = async (had, count) => {
      const topicOf = (n) => `t${(had + n) % topics}`;
      const opened = await openSubscribers(port, { sockets: count, subscriptions, topicOf, onNext: counter.onNext });
      await pause(2_000);
      return opened;
    };
    const first = await openMore(0, WARMING);
    const before = server.usage().rssBytes;
    const open = [...first, ...(await openMore(WARMING, sockets - WARMING))];
    const bytesPerSocket = (server.usage().rssBytes - before) / (sockets - WARMING);
    competitors[name] = { server, counter, open, bytesPerSocket };
  }
  const result = await work(competitors);
  for (const { server, open } of Object.values(competitors)) {
    for (const subscriber of open) subscriber.close();
    await server.stop();
  }
  return result;
}

const running = (competitors, options) =>
  Object.fromEntries(
    Object.entries(competitors).map(([name, { server, counter }]) => [name, { server, run: () => feed(server, counter, options) }]),
  );

/** With Node's own young generation: a larger one fills with what passes, however many sockets there are. */
const memory = (upstream, options) =>
  withSubscribers(upstream, { ...options, nodeArgs: [] }, (competitors) => ({
    title: 'Memory for each idle socket with its subscription, KB',
    values: Object.fromEntries(Object.entries(competitors).map(([name, { bytesPerSocket }]) => [name, bytesPerSocket / 1024])),
  }));

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const own = { sockets: 5_000, topics: 5_000 };
  const one = { sockets: 2_000, topics: 1 };
  const idleMemory = await memory(upstream, own);
  const results = [
    await withSubscribers(upstream, own, async (competitors) => ({
      id: 'own',
      title: '5,000 sockets, each on its own conversation',
      unit: 'events/s',
      baseline: 'raw ws',
      rounds: await alternate(running(competitors, own)),
      notes: [
        idleMemory,
        {
          title: 'At 2,000 events/s',
          baseline: 'raw ws',
          rounds: await alternate(running(competitors, { ...own, perSecond: 2_000 }), { warmUp: 0 }),
        },
      ],
    })),
    await withSubscribers(upstream, one, async (competitors) => ({
      id: 'one',
      title: '2,000 sockets on one conversation',
      unit: 'deliveries/s',
      baseline: 'raw ws',
      rounds: await alternate(running(competitors, one)),
      notes: [],
    })),
  ];
  await upstream.stop();
  return results;
}
