import { existsSync } from 'node:fs';
import { openStores } from '../composition/open-stores.js';
import { readConfig } from '../config.js';
import { readEventLogSettings } from '../event-log-config.js';
import type { EventLogSettings } from '../event-log-config.js';
import { LogUnavailableError } from '../events/port/errors.js';
import { logFile } from '../events/sqlite/open.js';
import { administerSinks } from '../sinks/administration.js';
import type { RetryRequested, SinkCommand, SinkStatus } from '../sinks/administration.js';
import { askControl, controlSocket } from '../sinks/control-socket.js';
import { CommandError } from './command-error.js';
import { describeRetry, describeStatus } from './describe-sinks.js';
import type { AsJson } from './describe-sinks.js';
import { formatErrorLines } from './format-error.js';
import { UsageError, commandOptions } from './options.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';

const HELP = `usage: chat-graphql-gateway sinks status [--sink NAME] [--json]
       chat-graphql-gateway sinks retry [--sink NAME] [--id EVENT] [--json]

Shows how the delivery of events to sinks (SINKS_FILE) goes, or sends dead letters again.

status lists each sink: whether it is up to date, failing or disabled, since when events wait, when and why an attempt last failed, its dead letters
(events whose delivery was abandoned), and what to do.
retry has the gateway send dead letters again, all or those of one event, and enables sinks that were disabled by 410 (not with --id). Whoever receives
them again may get them after later events of their conversation.

Both work on the event log that EVENT_LOG names, also while gateways run.

options:
  --sink NAME  only this sink
  --id EVENT   only the dead letter of this event
  --json       print JSON
  -h, --help

exit codes: 0 done, 1 it failed or there is no such sink or dead letter, 2 wrong arguments
`;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Shows the state of sinks, or sends dead letters again.
 *
 * @param argv the arguments after `sinks`
 * @returns the code to exit with: 0 done, 1 it failed, 2 wrong arguments
 */
export async function sinks(argv: readonly string[], environment: Environment, output: CommandOutput = processOutput): Promise<number> {
  try {
    const asked = readArguments(argv);
    if (asked === null) {
      output.out(HELP);
      return 0;
    }
    return print(asked.command, await carryOut(asked.command, environment), asked.json, output);
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`sinks: ${error.message} (chat-graphql-gateway sinks --help)\n`);
      return 2;
    }
    for (const line of reasonLines(error)) output.err(`sinks: ${line}\n`);
    return 1;
  }
}

async function carryOut(command: SinkCommand, environment: Environment): Promise<unknown> {
  const settings = readEventLogSettings(environment);
  const answered = 'directory' in settings ? await askRunning(settings.directory, command) : null;
  // As JSON either way.
  return answered ?? (JSON.parse(JSON.stringify(await openAndRun(settings, command, environment))) as unknown);
}

async function askRunning(directory: string, command: SinkCommand): Promise<unknown> {
  try {
    return await askControl(controlSocket(logFile(directory)), command);
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : 'it failed'}: try again.`);
  }
}

/** No gateway has the log for itself. */
async function openAndRun(eventLog: EventLogSettings, command: SinkCommand, environment: Environment): Promise<unknown> {
  // Opening one would create it, and a mistyped directory would look like a log without sinks.
  if ('directory' in eventLog && !existsSync(logFile(eventLog.directory)))
    throw new CommandError(`there is no event log at ${logFile(eventLog.directory)}: set EVENT_LOG as the gateway has it.`);
  const { eventRetentionMs, retryHorizonMs } = readConfig({ ...eventLogVariables(environment) });
  const { log } = await openStores({ eventLog, eventRetentionMs, retryHorizonMs }, { clock: Date.now });
  try {
    return await administerSinks(log, command);
  } finally {
    await log.close();
  }
}

/** The settings that the log needs; the others may be those of another machine. */
function eventLogVariables(environment: Environment): Environment {
  const { EVENT_RETENTION_HOURS, WEBHOOK_RETRY_HORIZON_HOURS } = environment;
  return { EVENT_RETENTION_HOURS, WEBHOOK_RETRY_HORIZON_HOURS };
}

/** Null if help is asked for. */
function readArguments(argv: readonly string[]): { readonly command: SinkCommand; readonly json: boolean } | null {
  const { values, positionals } = commandOptions(argv, {
    sink: { type: 'string' },
    id: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return null;
  const [command, ...more] = positionals;
  if ((command !== 'status' && command !== 'retry') || more.length > 0)
    throw new UsageError(`expected "status" or "retry", got "${positionals.join(' ')}"`);
  if (command === 'status' && values.id !== undefined) throw new UsageError('--id is for retry');
  const sink = values.sink ?? null;
  const asked: SinkCommand = command === 'status' ? { command, sink } : { command, sink, eventId: values.id ?? null };
  return { command: asked, json: values.json === true };
}

function print(command: SinkCommand, result: unknown, json: boolean, { out, err }: CommandOutput): number {
  const list = result as readonly unknown[];
  if (json) out(`${JSON.stringify(list)}\n`);
  else if (command.command === 'status')
    for (const status of list as readonly AsJson<SinkStatus>[]) out(describeStatus(status, Date.now()));
  else for (const retried of list as readonly RetryRequested[]) out(describeRetry(retried));
  const nothing = command.command === 'retry' && command.eventId !== null && !(list as readonly RetryRequested[]).some(hasRequested);
  if (list.length === 0)
    err(`sinks: ${command.sink === null ? 'no sink was ever delivered from this event log' : `no sink is named "${command.sink}"`}.\n`);
  else if (nothing) err('sinks: there is no dead letter of this event.\n');
  return (list.length === 0 && command.sink !== null) || nothing ? 1 : 0;
}

const hasRequested = ({ requested }: RetryRequested): boolean => requested > 0;

function reasonLines(error: unknown): readonly string[] {
  if (error instanceof CommandError) return [error.message];
  if (error instanceof LogUnavailableError)
    return [
      `${error.reason}${/open in another process/.test(error.reason) ? ': by a gateway that starts or stops (try again), one without sinks (SINKS_FILE), or one with a directory whose path is too long for a socket (about 90 bytes)' : ''}.`,
    ];
  return formatErrorLines(error);
}
