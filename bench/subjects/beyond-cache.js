// Another look at known conversations after so many others that no cache still holds them, beside one at those that everybody looks at.
import { BUILDS, startBuild } from '../lib/builds.js';
import { looker, portOf, send } from '../lib/looks.js';
import { pathOf, startServer } from '../lib/processes.js';
import { cycle } from '../lib/queries.js';
import { alternate, ratio } from '../lib/rounds.js';

/** How many others are looked at before a conversation is looked at again. */
const OTHERS = Number(process.env.OTHERS ?? 25_000);
const NEAR = 500;

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const servers = [upstream];
  const competitors = {};
  for (const name of Object.keys(BUILDS)) {
    const server = await startBuild(name, upstream);
    servers.push(server);
    const port = portOf(server);
    await send(server, cycle(port, 'near', NEAR), NEAR);
    await send(server, cycle(port, 'far', OTHERS + 1), OTHERS + 1);
    competitors[`${name}, ${OTHERS.toLocaleString('en')} others since`] = looker(server, cycle(port, 'far', OTHERS + 1));
    competitors[`${name}, few others`] = looker(server, cycle(port, 'near', NEAR));
  }
  const rounds = await alternate(competitors);
  for (const server of servers.reverse()) await server.stop();
  const values = {};
  for (const name of Object.keys(BUILDS)) {
    const far = `${name}, ${OTHERS.toLocaleString('en')} others since`;
    values[name] = ratio(rounds, far, `${name}, few others`, ({ cpuMicros }) => cpuMicros).median;
  }
  const notes = [{ title: 'CPU, of one with few others since', values }];
  return [{ id: 'beyond-cache', title: 'Another look after many others', unit: 'requests/s', baselines: [], rounds, notes }];
}
