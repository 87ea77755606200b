import { CommandError } from '../command-error.js';
import { UsageError } from '../options.js';
import { processOutput } from '../output.js';
import type { CommandOutput } from '../output.js';
import { replay } from './replay.js';
import { send } from './send.js';
import { tail } from './tail.js';

const HELP = `usage: chat-graphql-gateway events tail | send | replay [options]

  tail    follow the events of a gateway, live
  send    send a signed event to a gateway, as the contact centre would
  replay  print the stored events of a conversation, or send those in a file

See "chat-graphql-gateway events tail --help" and so on.
`;

/**
 * Watches events and makes them, for developers.
 *
 * @param argv the arguments after `events`
 * @param signal ends `tail`
 * @returns the code to exit with: 0 done, 1 it failed, 2 wrong arguments
 */
export async function events(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  output: CommandOutput = processOutput,
): Promise<number> {
  const [command, ...rest] = argv;
  try {
    if (command === 'tail') return await tail(rest, environment, output, signal);
    if (command === 'send') return await send(rest, output);
    if (command === 'replay') return await replay(rest, environment, output);
    if (command === '--help' || command === '-h') {
      output.out(HELP);
      return 0;
    }
    throw new UsageError(command === undefined ? 'missing subcommand: tail, send or replay' : `unknown command "${command}"`);
  } catch (error) {
    const name = ['tail', 'send', 'replay'].find((one) => one === command);
    const called = name === undefined ? 'events' : `events ${name}`;
    if (error instanceof UsageError) {
      output.err(`${called}: ${error.message} (chat-graphql-gateway ${called} --help)\n`);
      return 2;
    }
    output.err(
      `${called}: ${error instanceof CommandError ? error.message : `Failed: ${error instanceof Error ? error.name : 'unknown'}.`}\n`,
    );
    return 1;
  }
}
