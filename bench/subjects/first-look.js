// The first look at conversations whose messages are years old, each asked for once, beside a look at conversations that everybody has seen.
import { spawnSync } from 'node:child_process';
import { BUILDS, EARLIER, startBuild } from '../lib/builds.js';
import { bundledServer, settingsOver } from '../lib/gateway-settings.js';
import { looker, portOf, send } from '../lib/looks.js';
import { NODE_ARGS, pathOf, startServer } from '../lib/processes.js';
import { CONVERSATIONS, conversationQuery, freshRequests, requests } from '../lib/queries.js';
import { startRedis } from '../lib/redis-process.js';
import { alternate, ratio } from '../lib/rounds.js';

const TITLE = 'First look at conversations with 20 messages that are years old, and another look';

const cpu = ({ cpuMicros }) => cpuMicros;
const rate = ({ rate: perSecond }) => perSecond;

/** Medians over the rounds of what a first look costs. */
function ratios(rounds) {
  const values = {};
  for (const name of Object.keys(BUILDS)) {
    values[`CPU of a first look, of a repeated one, ${name}`] = ratio(rounds, `${name}, first`, `${name}, again`, cpu).median;
  }
  if (BUILDS[EARLIER] !== undefined)
    values[`requests/s of a first look, of the ${EARLIER}'s`] = ratio(rounds, 'gateway, first', `${EARLIER}, first`, rate).median;
  return { title: 'Ratios', values };
}

/** Two competitors: a server's first looks, and its looks at what it has seen. */
async function bothLooks(name, server) {
  const again = requests(portOf(server), conversationQuery);
  await send(server, again, CONVERSATIONS);
  return { [`${name}, first`]: looker(server, freshRequests(portOf(server), 'first')), [`${name}, again`]: looker(server, again) };
}

async function onDisk(upstream) {
  const servers = [];
  const competitors = {};
  const add = async (name, server) => {
    servers.push(server);
    Object.assign(competitors, await bothLooks(name, server));
  };
  for (const name of Object.keys(BUILDS)) await add(name, await startBuild(name, upstream));
  await add('mercurius', await startServer(await bundledServer('mercurius'), { nodeArgs: NODE_ARGS, env: settingsOver(upstream) }));
  for (const proxy of ['proxy', 'axios-proxy']) {
    const server = await startServer(pathOf(`servers/${proxy}.js`), { env: settingsOver(upstream) });
    servers.push(server);
    competitors[proxy.replace('-', ' ')] = looker(server, freshRequests(portOf(server), 'first'));
  }
  const rounds = await alternate(competitors);
  for (const server of servers) await server.stop();
  return { id: 'first-look', title: TITLE, unit: 'requests/s', baselines: ['proxy', 'axios proxy'], rounds, notes: [ratios(rounds)] };
}

/** With a log in Redis; each build has one of its own. */
async function inRedis(upstream) {
  const servers = [];
  const competitors = {};
  for (const name of Object.keys(BUILDS)) {
    const redis = await startRedis();
    const server = await startBuild(name, upstream, { EVENT_LOG: redis.url });
    servers.push(server, redis);
    Object.assign(competitors, await bothLooks(name, server));
  }
  const rounds = await alternate(competitors);
  for (const server of servers) await server.stop();
  const title = `${TITLE}, with the log in Redis`;
  return { id: 'first-look-redis', title, unit: 'requests/s', baselines: [], rounds, notes: [ratios(rounds)] };
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const results = [await onDisk(upstream)];
  if (spawnSync('redis-server', ['--version']).status === 0) results.push(await inRedis(upstream));
  await upstream.stop();
  return results;
}
