import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { asList, asRecord, asText } from '../domain/parse-unknown.js';
import { HEALING_PATH, MAX_SINCE_SECONDS } from '../transport/http/healing-route.js';
import { CommandError } from './command-error.js';
import { GATEWAY_HELP, GATEWAY_OPTIONS, askedGateway } from './events/gateway-options.js';
import type { AskedGateway } from './events/gateway-options.js';
import { formatErrorLines } from './format-error.js';
import { UsageError, commandOptions } from './options.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';

const HELP = `usage: chat-graphql-gateway heal --since DURATION [options]

Has a running gateway compare the contact centre's lists with its event log, and append the events that no webhook reported. Looks at every conversation
that is open or had events since then, also those that only the contact centre's list shows, at the rate of HEAL_CALLS_PER_SECOND; three calls to the contact
centre for each. Where the gateway wants tokens (AUTH=jwt), it needs an admin's: "chat-graphql-gateway token --role admin" issues one.

options:
  --since DURATION   how far back events are looked for: 90s, 30m, 2h or 1d; 7d at most
  --dry-run          append nothing, and print what would be appended
  --json             a conversation a line, as JSON; "pending": true for what is not certain yet, as messages that may still arrive: run it again later
  -h, --help
${GATEWAY_HELP}
exit codes: 0 done, 1 the gateway rejected the request, is unreachable or could not look at every conversation, 2 wrong arguments
`;

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

interface Asked {
  readonly gateway: AskedGateway;
  readonly sinceSeconds: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** What the gateway did about one conversation. */
interface Line {
  readonly conversationId: string;
  readonly healed: Readonly<Record<string, number>>;
  readonly pending: boolean;
  readonly error: string | null;
}

/**
 * Has a running gateway look for events that never arrived.
 *
 * @param argv the arguments after `heal`
 * @returns the code to exit with: 0 done, 1 it failed, 2 wrong arguments
 */
export async function heal(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = processOutput,
): Promise<number> {
  try {
    const asked = readArguments(argv, environment);
    if (asked === null) {
      output.out(HELP);
      return 0;
    }
    return await printAll(asked, output);
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`heal: ${error.message} (chat-graphql-gateway heal --help)\n`);
      return 2;
    }
    for (const line of error instanceof CommandError ? [error.message] : formatErrorLines(error)) output.err(`heal: ${line}\n`);
    return 1;
  }
}

/** Null if help is asked for. */
function readArguments(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): Asked | null {
  const { values, positionals } = commandOptions(argv, {
    ...GATEWAY_OPTIONS,
    since: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) return null;
  if (positionals.length > 0) throw new UsageError(`expected no arguments, got "${positionals.join(' ')}"`);
  const [, amount, unit = ''] = /^([1-9]\d{0,6})([smhd])$/.exec(values.since ?? '') ?? [];
  if (amount === undefined) throw new UsageError('--since must be a duration such as 90s, 30m, 2h or 1d');
  const sinceSeconds = Number(amount) * (UNITS[unit] ?? 1);
  if (sinceSeconds > MAX_SINCE_SECONDS) throw new UsageError('--since must be 7d at most');
  return { gateway: askedGateway(values, environment), sinceSeconds, dryRun: values['dry-run'], json: values.json };
}

async function printAll({ gateway, sinceSeconds, dryRun, json }: Asked, output: CommandOutput): Promise<number> {
  const totals: Record<string, number> = {};
  let [looked, pending, failed] = [0, 0, 0];
  for await (const line of run(gateway, { sinceSeconds, dryRun })) {
    looked += 1;
    if (line.pending) pending += 1;
    if (line.error !== null) failed += 1;
    for (const [type, count] of Object.entries(line.healed)) totals[type] = (totals[type] ?? 0) + count;
    const text = line.error ?? (counted(line.healed) || (line.pending ? 'not certain yet: run it again later' : 'nothing missing'));
    output.out(json ? `${JSON.stringify({ ...line, dryRun })}\n` : `${line.conversationId}  ${text}\n`);
  }
  const done = `${looked} conversations looked at; ${dryRun ? 'would be appended' : 'appended'}: ${counted(totals) || 'nothing'}`;
  const rest = [...(pending === 0 ? [] : [`${pending} not certain yet`]), ...(failed === 0 ? [] : [`${failed} failed`])];
  output.err(`${[done, ...rest].join('; ')}.\n`);
  return failed === 0 ? 0 : 1;
}

const counted = (events: Readonly<Record<string, number>>): string =>
  Object.entries(events)
    .map(([type, count]) => `${count} ${type}`)
    .join(', ');

/** Rejects with `CommandError` where the gateway does not do it, or stops before the end. */
async function* run({ url, token }: AskedGateway, asked: object): AsyncGenerator<Line> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${url}${HEALING_PATH}`, { method: 'POST', headers, body: JSON.stringify(asked) }).catch(() => {
    throw new CommandError(`The gateway at ${url} is unreachable.`);
  });
  if (!response.ok || response.body === null) throw new CommandError(await rejection(response, token));
  const lines = createInterface({ input: Readable.fromWeb(response.body) });
  let isDone = false;
  try {
    for await (const text of lines) {
      const line = asRecord(JSON.parse(text)) ?? {};
      isDone = line['done'] === true;
      if (!isDone) yield { pending: false, healed: {}, ...line, error: asText(line['error']) } as Line;
    }
  } catch {
    // Reported below: the response has no last line.
  }
  if (!isDone) throw new CommandError(`The gateway at ${url} stopped before it was done: run the command again.`);
}

async function rejection(response: Response, token: string | undefined): Promise<string> {
  const body = asRecord(await response.json().catch(() => null));
  const [first] = asList(body?.['errors']);
  const message = asText(body?.['error']) ?? asText(asRecord(first)?.['message']) ?? `HTTP ${response.status}`;
  return `The gateway rejected the request: ${message}${hint(response.status, token)}`;
}

function hint(status: number, token: string | undefined): string {
  if (status === 403) return ' Pass the token of an admin: "chat-graphql-gateway token --role admin" issues one.';
  return status === 401 && token === undefined ? ' Pass that of an admin with --token or GATEWAY_TOKEN.' : '';
}
