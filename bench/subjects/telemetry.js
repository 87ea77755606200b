// What OpenTelemetry costs the query: off, on, and on with one trace in ten recorded. `BASE_DIST=DIRECTORY` adds another build, such as the one before a change.
import { join } from 'node:path';
import { httpLoad } from '../lib/http-load.js';
import { GATEWAY, settingsOver } from '../lib/gateway-settings.js';
import { NODE_ARGS, pathOf, startServer } from '../lib/processes.js';
import { CONVERSATIONS, check, conversationQuery, requests } from '../lib/queries.js';
import { ROUND_MS, alternate } from '../lib/rounds.js';

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const collector = await startServer(pathOf('servers/otlp-sink.js'));
  const on = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const builds = {
    off: { main: GATEWAY, env: {} },
    ...(process.env.BASE_DIST === undefined ? {} : { base: { main: join(process.env.BASE_DIST, 'main.js'), env: {} } }),
    'on, one in ten': { main: GATEWAY, env: { ...on, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' } },
    on: { main: GATEWAY, env: on },
  };
  const servers = [];
  const competitors = {};
  for (const [name, { main, env }] of Object.entries(builds)) {
    const server = await startServer(main, { nodeArgs: NODE_ARGS, env: { ...settingsOver(upstream), ...env } });
    const { rssBytes } = server.usage();
    console.log(`${name}: ${(rssBytes / 1e6).toFixed(1)} MB of memory when idle`);
    servers.push(server);
    competitors[name] = { server, run: await loadOf(server) };
  }
  const rounds = await alternate(competitors);
  for (const server of [...servers, collector, upstream]) await server.stop();
  return [
    { id: 'telemetry', title: 'Query of a conversation, with OpenTelemetry', unit: 'requests/s', baselines: ['off'], rounds, notes: [] },
  ];
}

async function loadOf({ graphqlUrl }) {
  const { port } = new URL(graphqlUrl);
  const next = requests(port, conversationQuery);
  let left = CONVERSATIONS;
  await httpLoad({ port, durationMs: 120_000, next: () => (left-- > 0 ? next() : null), check });
  return async () => {
    const { perSecond, latencyMs } = await httpLoad({ port, durationMs: ROUND_MS, next, check });
    return { rate: perSecond, p50: latencyMs.p50, p99: latencyMs.p99 };
  };
}
