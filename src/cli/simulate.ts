import { parseArgs } from 'node:util';
import { isWebAddress } from '../simulator/control/actions.js';
import { parseFaults } from '../simulator/faults/faults.js';
import type { FaultSettings } from '../simulator/faults/faults.js';
import { createSimulator } from '../simulator/simulator.js';
import type { SimulatorOptions } from '../simulator/options.js';
import type { Simulator } from '../simulator/simulator.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';

/** What became of the command: a running simulator, which keeps the process alive until closed, or the code to exit with. */
export type SimulateResult =
  { readonly simulator: Simulator; readonly exitCode: null } | { readonly simulator: null; readonly exitCode: 0 | 1 | 2 };

const HELP = `usage: chat-graphql-gateway simulate [options]

Runs a simulated contact centre by itself until it is stopped, and prints what a gateway needs to use it, as NAME=value lines
for its environment. UPSTREAM is that of --generation.

options:
  --port N              any free one by default
  --webhook-url URL     where events go
  --generation KIND     whose events its webhook wants: chat-gateway-v1 (the default) or chat-api-v2; the APIs of both are served
  --agents KIND         scripted (the default): they answer by themselves; manual: they do what POST /_sim/… says (docs/command-line.md)
  --api-key KEY, --api-secret SECRET, --tenant ID, --customer ID
                        made up by default
  --fault NAME=NUMBER   what goes wrong, at random; may be given several times. Shares of all: rate-limited,
                        server-error, reset, half-answer, silence, event-lost (sent again later), event-dropped (permanently),
                        event-doubled, event-reordered; milliseconds: latency, event-delayed
  --json                print the settings as one JSON object
  -h, --help

exit codes: 0 stopped, 1 it cannot listen, 2 wrong arguments
`;

/**
 * Runs the simulated contact centre by itself and prints, as `NAME=value` lines, the settings that a gateway of either generation needs to use it. Both are served;
 * `--generation` says whose events its webhook wants, and is the `UPSTREAM` that is printed.
 *
 * @param argv the arguments after `simulate`
 */
export async function simulate(argv: readonly string[], output: CommandOutput = processOutput): Promise<SimulateResult> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    output.err(`simulate: ${options} (chat-graphql-gateway simulate --help)\n`);
    return { simulator: null, exitCode: 2 };
  }
  if (options.help) {
    output.out(HELP);
    return { simulator: null, exitCode: 0 };
  }
  const simulator = createSimulator(options.simulator);
  try {
    await simulator.listen(options.port);
  } catch (error) {
    await simulator.close();
    output.err(`simulate: cannot listen on port ${options.port}: ${error instanceof Error ? error.message : String(error)}\n`);
    return { simulator: null, exitCode: 1 };
  }
  const settings = toSettings(simulator, options.simulator.generation);
  output.out(options.json ? `${JSON.stringify(settings)}\n` : lines(settings));
  return { simulator, exitCode: null };
}

interface SimulateOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly port: number;
  readonly simulator: SimulatorOptions & Required<Pick<SimulatorOptions, 'generation'>>;
}

/** The options, or what is wrong with them. */
function readOptions(argv: readonly string[]): SimulateOptions | string {
  const parsed = parse(argv);
  if (typeof parsed === 'string') return parsed;
  const { values } = parsed;
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN;
  if (!(port <= 65_535)) return `--port must be a number from 0 to 65535; got "${values.port}"`;
  const { agents } = values;
  if (agents !== 'scripted' && agents !== 'manual') return `--agents must be scripted or manual; got "${agents}"`;
  const { generation } = values;
  if (generation !== 'chat-gateway-v1' && generation !== 'chat-api-v2')
    return `--generation must be chat-gateway-v1 or chat-api-v2; got "${generation}"`;
  const webhookUrl = values['webhook-url'];
  if (webhookUrl !== undefined && !isWebAddress(webhookUrl)) return `--webhook-url must be an http or https address; got "${webhookUrl}"`;
  const { tenant: tenantId, customer: customerId, 'api-key': apiKey, 'api-secret': apiSecret } = values;
  const given = Object.fromEntries(
    Object.entries({ webhookUrl, apiKey, apiSecret, tenantId, customerId }).filter(([, value]) => value !== undefined),
  );
  if (Object.values(given).includes('')) return '--api-key, --api-secret, --tenant and --customer cannot be empty';
  const faults = joinFaults(values.fault);
  if (typeof faults === 'string') return faults;
  return { help: values.help, json: values.json, port, simulator: { agents, generation, faults, ...given } };
}

function joinFaults(given: readonly string[]): FaultSettings | string {
  try {
    return given.length === 0 ? {} : parseFaults(given.join(','));
  } catch (error) {
    return `--fault: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '0' },
        'webhook-url': { type: 'string' },
        generation: { type: 'string', default: 'chat-gateway-v1' },
        agents: { type: 'string', default: 'scripted' },
        'api-key': { type: 'string' },
        'api-secret': { type: 'string' },
        tenant: { type: 'string' },
        customer: { type: 'string' },
        fault: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function toSettings(
  { url, apiKey, apiSecret, region, tenantId, customerId, channelId, queueIds }: Simulator,
  generation: string,
): Readonly<Record<string, string>> {
  return {
    UPSTREAM: generation,
    UPSTREAM_URL: url,
    UPSTREAM_API_KEY: apiKey,
    UPSTREAM_API_SECRET: apiSecret,
    UPSTREAM_REGION: region,
    UPSTREAM_TENANT: tenantId,
    UPSTREAM_CUSTOMER: customerId,
    CHANNEL_ID: channelId,
    QUEUE_ID: queueIds[0] ?? '',
  };
}

function lines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
