import { parseArgs } from 'node:util';
import { ConfigError } from '../env-reader.js';
import { WEBHOOK_PATH, findGeneration } from '../datasources/generations.js';
import { formatErrorLines } from './format-error.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';
import { realUpstream } from './real-upstream.js';
import { registerGateway } from './register-gateway.js';
import type { Registered } from './register-gateway.js';

const USAGE = 'usage: chat-graphql-gateway setup --queue ID --name NAME [--json]';
const HELP = `${USAGE}

Registers this gateway's webhook and a channel that reports to it with the contact centre. It reads the settings that "serve" reads, and needs PUBLIC_URL, the address
at which the contact centre reaches this gateway. It is safe to run again: what is there already is changed only where it differs.

options:
  --queue ID   the queue that the channel's conversations wait in
  --name NAME  of the channel, 255 characters at most
  --json       print one JSON object at the end
  -h, --help

exit codes: 0 done, 1 it failed, 2 wrong arguments
`;
const MAX_NAME = 255;

/**
 * Registers this gateway's webhook (at `PUBLIC_URL`) and a channel on a queue with the contact centre that the settings name.
 *
 * @param argv the arguments after `setup`
 * @returns the code to exit with: 0 done, 1 it failed, 2 wrong arguments
 */
export async function setup(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = processOutput,
): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    output.err(`setup: ${options} (${USAGE})\n`);
    return 2;
  }
  if (options.help) {
    output.out(HELP);
    return 0;
  }
  const report = options.json ? () => undefined : (line: string) => output.out(`${line}\n`);
  try {
    const done = await register(options, environment, report);
    output.out(options.json ? `${JSON.stringify(toReport(done))}\n` : `CHANNEL_ID=${done.channel.channelId}\n`);
    return 0;
  } catch (error) {
    for (const line of formatErrorLines(error)) output.err(`setup: ${line}\n`);
    return 1;
  }
}

async function register(
  { queue, name }: SetupOptions,
  environment: Readonly<Record<string, string | undefined>>,
  report: (line: string) => void,
): Promise<Registered> {
  const { upstream, publicUrl } = realUpstream(environment);
  if (publicUrl === null)
    throw new ConfigError(['PUBLIC_URL: is missing; must be the URL at which the contact centre reaches this gateway']);
  const generation = findGeneration(upstream);
  const api = generation.createChatApi(upstream, { clock: Date.now });
  try {
    const wanted = { webhookUrl: `${publicUrl}${WEBHOOK_PATH}`, notificationVersion: generation.eventVersion, name, queueId: queue };
    return await registerGateway(api, wanted, report);
  } finally {
    await api.close();
  }
}

function toReport({ webhook, reachable, unreachableBecause, channel }: Registered): object {
  return {
    webhook: { webhookId: webhook.webhookId, url: webhook.url, deed: webhook.action },
    reachable,
    unreachableBecause,
    channel: { channelId: channel.channelId, name: channel.name, queueId: channel.queueId, deed: channel.action },
  };
}

interface SetupOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly queue: string;
  readonly name: string;
}

/** The options, or what is wrong with them. */
function readOptions(argv: readonly string[]): SetupOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        queue: { type: 'string', default: '' },
        name: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return values;
    if (values.queue === '') return '--queue must be the id of a queue';
    if (values.name === '' || values.name.length > MAX_NAME) return `--name must be the name of a channel, at most ${MAX_NAME} characters`;
    return values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
