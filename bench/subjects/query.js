// Queries and mutations over HTTP, against the JSON proxy and against Mercurius with JIT over the same schema and resolvers.
import { httpLoad } from '../lib/http-load.js';
import { BUILDS } from '../lib/builds.js';
import { bundledServer, settingsOver } from '../lib/gateway-settings.js';
import { NODE_ARGS, pathOf, startServer } from '../lib/processes.js';
import { CONVERSATIONS, check, conversationQuery, requests } from '../lib/queries.js';
import { ROUND_MS, alternate } from '../lib/rounds.js';

const OPERATIONS = {
  query: {
    title: 'Query of a conversation with 20 messages, looked at again',
    body: conversationQuery,
    peers: ['proxy', 'axios proxy', 'mercurius'],
    baselines: ['proxy', 'axios proxy'],
  },
  list: {
    title: 'List of 10 conversations, each with its last 5 messages, looked at again',
    body: (id, n) => ({
      query:
        'query List($after: String) { conversations(first: 10, after: $after) { nodes { id state customer { name } messages(last: 5) { nodes { id text createdAt author { type } } } } pageInfo { endCursor } } }',
      variables: { after: Buffer.from(`conversations:${((n * 10) % CONVERSATIONS) + 9}`).toString('base64url') },
    }),
    peers: ['mercurius'],
    // Each makes eleven calls to the contact centre, of which the gateway lets only so many be in flight.
    connections: 5,
  },
  mutation: {
    title: 'sendMessage',
    body: (id) => ({
      query: 'mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { conversation { id } cursor userErrors { code } } }',
      variables: { input: { conversationId: id, text: 'Where is my order?' } },
    }),
    peers: ['mercurius'],
  },
};

const SERVERS = {
  ...Object.fromEntries(Object.entries(BUILDS).map(([name, script]) => [name, () => script])),
  proxy: () => pathOf('servers/proxy.js'),
  'axios proxy': () => pathOf('servers/axios-proxy.js'),
  mercurius: () => bundledServer('mercurius'),
};

async function operation(name, { title, body, peers, baselines = [peers[0]], connections = 50 }, upstream) {
  const servers = {};
  const competitors = {};
  for (const peer of [...Object.keys(BUILDS), ...peers]) {
    // The proxies keep next to nothing: to them the size of the young generation is all the same.
    const nodeArgs = peer.endsWith('proxy') ? [] : NODE_ARGS;
    const server = await startServer(await SERVERS[peer](), { nodeArgs, env: settingsOver(upstream) });
    const { port } = new URL(server.graphqlUrl);
    const next = requests(port, body);
    // Everybody has read every conversation once: caches are neither cold nor made for one.
    let left = name === 'query' ? CONVERSATIONS : 500;
    await httpLoad({ port, connections, durationMs: 120_000, next: () => (left-- > 0 ? next() : null), check });
    servers[peer] = server;
    competitors[peer] = {
      server,
      run: async () => {
        const { perSecond, latencyMs } = await httpLoad({ port, connections, durationMs: ROUND_MS, next, check });
        return { rate: perSecond, p50: latencyMs.p50, p99: latencyMs.p99 };
      },
    };
  }
  const rounds = await alternate(competitors);
  const atLoad = name === 'query' ? await atSteadyLoad(servers, rounds, body) : null;
  for (const server of Object.values(servers)) await server.stop();
  return { id: name, title, unit: 'requests/s', baselines, rounds, notes: atLoad === null ? [] : [atLoad] };
}

/** Latencies of the gateway and of the proxies at 70 % of the maximum throughput of each. */
async function atSteadyLoad(servers, rounds, body) {
  const results = await alternate(
    Object.fromEntries(
      ['gateway', 'proxy', 'axios proxy'].map((name) => {
        const server = servers[name];
        const { port } = new URL(server.graphqlUrl);
        const next = requests(port, body);
        const rates = rounds[name].map(({ rate }) => rate).sort((a, b) => a - b);
        const perSecond = 0.7 * rates[rates.length >> 1];
        const run = async () => {
          const { latencyMs } = await httpLoad({ port, durationMs: ROUND_MS, next, check, perSecond });
          return { rate: perSecond, p50: latencyMs.p50, p99: latencyMs.p99 };
        };
        return [name, { server, run }];
      }),
    ),
    { warmUp: 0 },
  );
  return { title: 'At 70 % of its own throughput', baselines: ['proxy', 'axios proxy'], rounds: results };
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const results = [];
  for (const [name, subject] of Object.entries(OPERATIONS)) results.push(await operation(name, subject, upstream));
  await upstream.stop();
  return results;
}
