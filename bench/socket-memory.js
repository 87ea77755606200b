// Memory of a gateway per socket with one subscription to its own conversation: `node bench/socket-memory.js [redis://127.0.0.1:6379]`. Build first (`npm run build`).
// Resident memory of the process, without the kernel's buffers. The first sockets are warm-up and not counted.
import { GATEWAY, settingsOver } from './lib/gateway-settings.js';
import { pathOf, startServer } from './lib/processes.js';
import { openSubscribers } from './lib/ws-load.js';

const STEPS = [1_000, 3_000, 5_000, 7_000];
const [redisUrl] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const upstream = await startServer(pathOf('servers/upstream.js'));
const env = { ...settingsOver(upstream), ...(redisUrl === undefined ? {} : { EVENT_LOG: redisUrl, LOG_PREFIX: 'bench-sockets' }) };
const gateway = await startServer(GATEWAY, { env });
const port = Number(new URL(gateway.wsUrl).port);

/** Once it counts so many, and has grown no more for a while: garbage takes its time. */
async function memoryWith(subscriptions) {
  for (let counted = 0; counted < subscriptions; await pause(200)) {
    const metrics = await (await fetch(new URL('/metrics', gateway.graphqlUrl))).text();
    counted = Number(/^gateway_subscriptions (\d+)$/m.exec(metrics)?.[1]);
  }
  await pause(5_000);
  return gateway.usage().rssBytes;
}

const open = [];
const points = [];
for (const sockets of STEPS) {
  const had = open.length;
  open.push(...(await openSubscribers(port, { sockets: sockets - had, topicOf: (n) => `c${had + n}`, onNext: () => undefined })));
  points.push({ sockets, rssBytes: await memoryWith(sockets) });
  console.log(`${sockets} sockets: ${Math.round(points.at(-1).rssBytes / 1_048_576)} MiB`);
}
const [first, last] = [points[0], points.at(-1)];
const each = (last.rssBytes - first.rssBytes) / (last.sockets - first.sockets);
console.log(`${(each / 1_000).toFixed(1)} kB for a socket with a subscription`);
for (const subscriber of open) subscriber.close();
await gateway.stop();
await upstream.stop();
