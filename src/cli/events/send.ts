import { randomUUID } from 'node:crypto';
import { CommandError } from '../command-error.js';
import { UsageError, commandOptions } from '../options.js';
import type { CommandOutput } from '../output.js';
import { SAMPLES, eventBody } from './sample-events.js';
import { SENDER_HELP, SENDER_OPTIONS, createSender, sentLine } from './signed-sender.js';

export const SEND_HELP = `usage: chat-graphql-gateway events send TYPE [options]

Sends a signed event to a gateway, as the contact centre would.

TYPE is one of these, which come with sample data:
  ${Object.keys(SAMPLES).join(', ')}
or the contact centre's own name for any other, in capitals.

options:
  --conversation ID  of the conversation; a new one by default
  --data JSON        fields that go over the sample's data
  --event-id ID      a new one by default; an id that the gateway knows already makes a duplicate, which it says
  --json             print JSON
  -h, --help
${SENDER_HELP}
exit codes: 0 the gateway accepted it, 1 it did not, 2 wrong arguments
`;

/** `events send`: resolves with the code to exit with. */
export async function send(argv: readonly string[], output: CommandOutput): Promise<number> {
  const { values, positionals } = commandOptions(argv, {
    ...SENDER_OPTIONS,
    conversation: { type: 'string' },
    data: { type: 'string', default: '{}' },
    'event-id': { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    output.out(SEND_HELP);
    return 0;
  }
  const [type, ...more] = positionals;
  if (type === undefined || more.length > 0)
    throw new UsageError(more.length > 0 ? `unexpected argument "${more.join(' ')}"` : 'missing TYPE');
  if (!(type in SAMPLES) && !/^[A-Z][A-Z0-9_]*$/.test(type)) throw new UsageError(`unknown type "${type}"`);
  const body = eventBody(type, values.conversation, jsonObject(values.data));
  const eventId = values['event-id'] ?? randomUUID();
  const result = await createSender(values)(eventId, body);
  const { eventType, conversationId } = body;
  if (values.json) output.out(`${JSON.stringify({ eventId, eventType, conversationId, ...result })}\n`);
  else output.out(sentLine(type, eventId, body, result));
  const { status } = result;
  if (status < 200 || status > 299) throw new CommandError(`The gateway did not accept it (HTTP ${status}).`);
  return 0;
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new UsageError('--data must be a JSON object');
}
