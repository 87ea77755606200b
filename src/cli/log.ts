import { backUp } from '../events/sqlite/backup/backup.js';
import { restore } from '../events/sqlite/backup/restore.js';
import { logFile } from '../events/sqlite/open.js';
import { LogUnavailableError } from '../events/port/errors.js';
import { readEventLogSettings } from '../event-log-config.js';
import { CommandError } from './command-error.js';
import { formatErrorLines } from './format-error.js';
import { UsageError, commandOptions } from './options.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';

const HELP = `usage: chat-graphql-gateway log backup FILE [--json]
       chat-graphql-gateway log restore FILE [--replace] [--json]

Backs up the event log that EVENT_LOG names, or restores it from a backup.

backup writes the log to FILE, which must not exist. It may run at any time: a gateway that has the log open goes on with its work.
restore needs the gateway to be stopped. What was stored after the backup was made is not in the log any more, and every cursor from before is rejected as
CURSOR_EXPIRED, so that no client misses that.

options:
  --replace   replace the log that is there
  --json      print {"file", "log"}
  -h, --help

exit codes: 0 done, 1 it failed, 2 wrong arguments
`;

const IN_REDIS =
  'The event log is in Redis: back up Redis itself, by a copy of its append-only files or its RDB file (docs/configuration.md, "Backing up the event log")';

interface Asked {
  readonly action: 'backup' | 'restore';
  readonly file: string;
  readonly replace: boolean;
  readonly json: boolean;
}

/**
 * Backs up or restores the event log.
 *
 * @param argv the arguments after `log`
 * @returns the code to exit with: 0 done, 1 it failed, 2 wrong arguments
 */
export async function log(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = processOutput,
): Promise<number> {
  try {
    const asked = readArguments(argv);
    if (asked === null) {
      output.out(HELP);
      return 0;
    }
    const file = await carryOut(asked, environment);
    const done = asked.action === 'backup' ? `Backed up ${file} to ${asked.file}` : `Restored ${file} from ${asked.file}`;
    output.out(asked.json ? `${JSON.stringify({ file: asked.file, log: file })}\n` : `${done}.\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`log: ${error.message} (chat-graphql-gateway log --help)\n`);
      return 2;
    }
    for (const line of reasonLines(error)) output.err(`log: ${line}\n`);
    return 1;
  }
}

/** Returns the log's file. */
async function carryOut({ action, file, replace }: Asked, environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const settings = readEventLogSettings(environment);
  if ('redis' in settings) throw new CommandError(`${IN_REDIS}.`);
  const ofLog = logFile(settings.directory);
  if (action === 'backup') await backUp(ofLog, file);
  else restore(file, ofLog, { replace });
  return ofLog;
}

/** Null if help is asked for. */
function readArguments(argv: readonly string[]): Asked | null {
  const { values, positionals } = commandOptions(argv, {
    replace: { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return null;
  const [action, file, ...more] = positionals;
  if (action !== 'backup' && action !== 'restore') throw new UsageError(`expected "backup" or "restore", got "${action ?? ''}"`);
  if (file === undefined || more.length > 0) throw new UsageError(`${action} needs exactly one file`);
  if (values.replace === true && action === 'backup') throw new UsageError('--replace is for restore');
  return { action, file, replace: values.replace === true, json: values.json === true };
}

function reasonLines(error: unknown): readonly string[] {
  if (error instanceof CommandError) return [error.message];
  if (error instanceof LogUnavailableError) return [`${error.reason}.`];
  // The system's own words name what it could not do, and the file.
  return error instanceof Error && 'syscall' in error ? [`${error.message}.`] : formatErrorLines(error);
}
