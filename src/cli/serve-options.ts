import { UsageError, commandOptions } from './options.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';

const HELP = `usage: chat-graphql-gateway serve [--json]

Runs the gateway until it is stopped. It reads its settings from the environment (PORT, UPSTREAM, EVENT_LOG, AUTH and others: docs/configuration.md) and writes log
lines as JSON; one of them, "listening", holds its addresses.

options:
  --json      as it does anyhow
  -h, --help

exit codes: 0 stopped, 1 a setting is wrong, it cannot start, or it got a second signal to stop, 2 wrong arguments
`;

/** The code to exit with if the arguments after `serve` are wrong or ask for help. Null if the gateway is to run. */
export function readServeOptions(argv: readonly string[], output: CommandOutput = processOutput): 0 | 2 | null {
  try {
    const { values, positionals } = commandOptions(argv, { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } });
    if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals.join(' ')}"`);
    if (values.help !== true) return null;
    output.out(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.err(`serve: ${error.message} (chat-graphql-gateway serve --help)\n`);
    return 2;
  }
}
