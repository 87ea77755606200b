// `npm run bench:execution`: what a query costs by compiled code and by graphql-js alone, everything below the executor included and HTTP left out. Both in one process,
// in alternating rounds over the same conversations; of the process's CPU time, which the upstream, a process of its own, is no part of.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { CompiledQueries } from '../build/transport/execution/compiled-queries.js';
import { servicesFor } from './lib/gateway-parts.js';
import { settingsOver } from './lib/gateway-settings.js';
import { pathOf, startServer } from './lib/processes.js';
import { conversationQuery } from './lib/queries.js';
import { spread } from './lib/statistics.js';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const QUERIES = 600;
const AT_ONCE = 20;
const CONVERSATIONS = 500;

const upstream = await startServer(pathOf('servers/upstream.js'));
const directory = mkdtempSync(join(tmpdir(), 'bench-execution-'));
const { schema, services, contextOf } = await servicesFor(settingsOver(upstream), directory);
const document = parse(conversationQuery('').query);
const compiled = new CompiledQueries(0);
await compiled.load();
const executors = { compiled: compiled.execute, interpreted: new CompiledQueries(Infinity).execute };

async function round(execute) {
  const before = process.cpuUsage();
  for (let asked = 0; asked < QUERIES; asked += AT_ONCE) {
    const answers = Array.from({ length: AT_ONCE }, (_, n) => {
      const { variables: variableValues } = conversationQuery(`c${(asked + n) % CONVERSATIONS}`);
      return execute({ schema, document, variableValues, contextValue: contextOf(String(n)) });
    });
    for (const { errors } of await Promise.all(answers)) if (errors !== undefined) throw errors[0];
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / QUERIES;
}

const micros = { compiled: [], interpreted: [] };
for (let n = -2; n < ROUNDS; n += 1) {
  for (const name of n % 2 === 0 ? ['compiled', 'interpreted'] : ['interpreted', 'compiled']) {
    const cost = await round(executors[name]);
    if (n >= 0) micros[name].push(cost);
  }
}
const text = ({ median, least, most }, digits) => `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
for (const [name, costs] of Object.entries(micros)) console.log(`${name}: ${text(spread(costs), 0)} µs of CPU a query`);
console.log(`compiled / interpreted: ${text(spread(micros.compiled.map((cost, n) => cost / micros.interpreted[n])), 2)}`);

await services.log.close();
services.api.close();
await upstream.stop();
rmSync(directory, { recursive: true, force: true });
