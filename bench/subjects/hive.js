// The query against Hive Gateway, whose schema is made from the vendor's description of the API; only where that file is present.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsOver, startGateway } from '../lib/gateway-settings.js';
import { httpLoad } from '../lib/http-load.js';
import { pathOf, startServer, usageOf } from '../lib/processes.js';
import { ROUND_MS, alternate } from '../lib/rounds.js';
import { check, conversationQuery, requests } from '../lib/queries.js';

const CONTRACT = pathOf('../../shared/upstream/chat-gateway-v1.oas.yml');
const HIVE = pathOf('hive');
const PORT = 4_599;
const QUERY =
  'query C($id: String!) { conversation: getcctransaction_1(conversationId: $id) { id state user { name email } } messages: getmessagesforcctransaction_1(conversationId: $id, size: 20, page: 0, sort: "createdAt:desc") { _embedded { messages { id text createdAt author { id } } } } }';

/** Made from the contract, then served; ends with `stop()`. */
async function startHive(upstream) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-hive-'));
  const supergraph = join(directory, 'supergraph.graphql');
  const env = { ...process.env, CONTRACT, UPSTREAM_URL: upstream.url, NODE_ENV: 'production' };
  const bin = (name) => join(HIVE, 'node_modules/.bin', name);
  spawnSync(process.execPath, [bin('mesh-compose'), '-c', 'mesh.config.js', '-o', supergraph], { cwd: HIVE, env, stdio: 'ignore' });
  const child = spawn(process.execPath, [bin('hive-gateway'), 'supergraph', supergraph, '--port', String(PORT), '--host', '127.0.0.1'], {
    cwd: HIVE,
    env,
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  while (!(await isOpen(PORT))) await new Promise((resolve) => setTimeout(resolve, 100));
  return {
    graphqlUrl: `http://127.0.0.1:${PORT}/graphql`,
    usage: () => usageOf(child.pid),
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true) || socket.destroy());
    socket.once('error', () => resolve(false));
  });
}

/** Null if the vendor's file or Hive Gateway is missing. */
export async function run() {
  if (!existsSync(CONTRACT) || !existsSync(join(HIVE, 'node_modules'))) return null;
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const gateway = await startGateway(settingsOver(upstream));
  const hive = await startHive(upstream);
  const bodies = { gateway: conversationQuery, 'Hive Gateway': (id) => ({ query: QUERY, variables: { id } }) };
  const competitors = {};
  for (const [name, server] of Object.entries({ gateway, 'Hive Gateway': hive })) {
    const { port } = new URL(server.graphqlUrl);
    const next = requests(port, bodies[name]);
    let left = 2_000;
    await httpLoad({ port, durationMs: 120_000, next: () => (left-- > 0 ? next() : null), check });
    const run = async () => {
      const { perSecond, latencyMs } = await httpLoad({ port, durationMs: ROUND_MS, next, check });
      return { rate: perSecond, p50: latencyMs.p50, p99: latencyMs.p99 };
    };
    competitors[name] = { server, run };
  }
  const rounds = await alternate(competitors);
  for (const server of [gateway, hive, upstream]) await server.stop();
  const title = "The same query, and the like of it to Hive Gateway over the vendor's description";
  return [{ id: 'hive', title, unit: 'requests/s', baseline: 'Hive Gateway', rounds }];
}
