// Users' queries beside healing: `node bench/healing.js`. Build first (`npm run build`). The latency of queries at a steady rate at two gateways in turns, a moment each; one of them
// heals all the time, each of them half of the time. A look compares a conversation of which no event is known, and appends the events of its 20 messages.
import { startGateway, settingsOver } from './lib/gateway-settings.js';
import { httpLoad } from './lib/http-load.js';
import { pathOf, startServer } from './lib/processes.js';
import { check, conversationQuery, requests } from './lib/queries.js';
import { quantiles } from './lib/statistics.js';

/** Turns of each gateway, and how long each takes: short, so that other load on the machine affects both alike. */
const TURNS = Number(process.env.TURNS ?? 40);
const TURN_MS = Number(process.env.TURN_MS ?? 300);
/** Of the user's queries: far from what a core answers. */
const PER_SECOND = Number(process.env.PER_SECOND ?? 200);
/** `HEAL_CALLS_PER_SECOND`: the default, and more than anybody should need. */
const BUDGETS = [2, 20];
/** From when on messages are overdue. */
const OVERDUE_MS = 1_000;

const portOf = ({ graphqlUrl }) => Number(new URL(graphqlUrl).port);

/** Has a gateway heal until `stop()`, which resolves with how many events were appended. */
function heal(gateway) {
  const aborting = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ sinceSeconds: 3_600 });
  let appended = 0;
  const running = (async () => {
    const { signal } = aborting;
    const response = await fetch(`http://127.0.0.1:${portOf(gateway)}/admin/heal`, { method: 'POST', headers, body, signal });
    for await (const chunk of response.body) {
      for (const [, count] of Buffer.from(chunk)
        .toString()
        .matchAll(/"MESSAGE_ADDED":(\d+)/g))
        appended += Number(count);
    }
  })().catch((error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return {
    async stop() {
      aborting.abort();
      await running;
      return appended;
    },
  };
}

async function turn(gateway) {
  const port = portOf(gateway);
  const load = { port, connections: 50, durationMs: TURN_MS, perSecond: PER_SECOND, next: requests(port, conversationQuery), check };
  return (await httpLoad({ ...load })).latencies;
}

async function measure(budget, upstream) {
  const env = { ...settingsOver(upstream), HEAL_AFTER_SECONDS: String(OVERDUE_MS / 1_000), HEAL_CALLS_PER_SECOND: String(budget) };
  const gateways = [await startGateway(env), await startGateway(env)];
  for (const gateway of gateways) for (let n = 0; n < 5; n += 1) await turn(gateway);
  const latencies = { healing: [], alone: [] };
  let appended = 0;
  for (const healer of gateways) {
    const run = heal(healer);
    for (let n = 0; n < TURNS / 2; n += 1) {
      // The one that is first in a turn is second in the next.
      for (const gateway of n % 2 === 0 ? gateways : gateways.toReversed()) {
        latencies[gateway === healer ? 'healing' : 'alone'].push(...(await turn(gateway)));
      }
    }
    appended += await run.stop();
  }
  for (const gateway of gateways) await gateway.stop();
  const [healing, alone] = [quantiles(latencies.healing), quantiles(latencies.alone)];
  console.log(
    `${budget} calls/s, ${(appended / ((2 * TURNS * TURN_MS) / 1_000)).toFixed(0)} events healed/s, ${healing.count} queries each:`,
  );
  for (const figure of ['p50', 'p99']) {
    const times = (healing[figure] / alone[figure]).toFixed(2);
    console.log(`  ${figure} ${healing[figure].toFixed(2)} ms, without ${alone[figure].toFixed(2)} ms: ${times} times`);
  }
}

const upstream = await startServer(pathOf('servers/upstream.js'), { env: { LISTED: 'recent' } });
for (const budget of BUDGETS) await measure(budget, upstream);
await upstream.stop();
