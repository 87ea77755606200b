// The first look at conversations whose messages are years old, each asked for once, beside a look at conversations that everybody has seen.
import { BUILDS, EARLIER, startBuild } from '../lib/builds.js';
import { bundledServer, settingsOver } from '../lib/gateway-settings.js';
import { looker, portOf, send } from '../lib/looks.js';
import { NODE_ARGS, pathOf, startServer } from '../lib/processes.js';
import { CONVERSATIONS, conversationQuery, freshRequests, requests } from '../lib/queries.js';
import { alternate, ratio } from '../lib/rounds.js';

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

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const servers = [upstream];
  const competitors = {};
  const add = async (name, server) => {
    servers.push(server);
    const again = requests(portOf(server), conversationQuery);
    await send(server, again, CONVERSATIONS);
    competitors[`${name}, first`] = looker(server, freshRequests(portOf(server), 'first'));
    competitors[`${name}, again`] = looker(server, again);
  };
  for (const name of Object.keys(BUILDS)) await add(name, await startBuild(name, upstream));
  await add('mercurius', await startServer(await bundledServer('mercurius'), { nodeArgs: NODE_ARGS, env: settingsOver(upstream) }));
  for (const proxy of ['proxy', 'axios-proxy']) {
    const server = await startServer(pathOf(`servers/${proxy}.js`), { env: settingsOver(upstream) });
    servers.push(server);
    competitors[proxy.replace('-', ' ')] = looker(server, freshRequests(portOf(server), 'first'));
  }
  const rounds = await alternate(competitors);
  for (const server of servers.reverse()) await server.stop();
  const title = 'First look at conversations with 20 messages that are years old, and another look';
  return [{ id: 'first-look', title, unit: 'requests/s', baselines: ['proxy', 'axios proxy'], rounds, notes: [ratios(rounds)] }];
}
