import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { MAX_PAGE_SIZE } from '../../domain/page-limit.js';
import { CommandError } from '../command-error.js';
import { UsageError, commandOptions } from '../options.js';
import { isColoured } from '../output.js';
import type { CommandOutput } from '../output.js';
import { EVENT_FIELDS, eventLine } from './format-event.js';
import type { FollowedEvent } from './format-event.js';
import { GATEWAY_HELP, GATEWAY_OPTIONS, askedGateway } from './gateway-options.js';
import type { AskedGateway } from './gateway-options.js';
import type { EventBody } from './sample-events.js';
import { SENDER_HELP, SENDER_OPTIONS, createSender, sentLine } from './signed-sender.js';
import { summarize } from './connection-failure.js';

export const REPLAY_HELP = `usage: chat-graphql-gateway events replay --conversation ID [--after CURSOR] [options]
       chat-graphql-gateway events replay --file FILE [options]

From a cursor: prints the stored events of a conversation after it (all of them without), in order, and ends. "events tail --after" does so for all
conversations, and goes on.

From a file: sends the events in it to a gateway, signed, one after the other. A line of it holds a webhook's body as JSON, or
{"eventId": "…", "body": {…}}, as a simulated contact centre lists at GET /_sim/events; "-" reads from the standard input. An event whose id the gateway
knows is taken as a duplicate.

options:
  --json             an event a line, as JSON
  -h, --help
from a cursor:
${GATEWAY_HELP}from a file:
${SENDER_HELP}
exit codes: 0 done, 1 the gateway rejected something or is unreachable, 2 wrong arguments
`;

export const STORED_EVENTS = `query ($id: ID!, $after: String) {
  conversation(id: $id) {
    events(first: ${MAX_PAGE_SIZE}, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...EventFields }
    }
  }
}
${EVENT_FIELDS}`;

/** `events replay`: resolves with the code to exit with. */
export async function replay(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput,
): Promise<number> {
  const { values, positionals } = commandOptions(argv, {
    ...GATEWAY_OPTIONS,
    ...SENDER_OPTIONS,
    conversation: { type: 'string' },
    after: { type: 'string' },
    file: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    output.out(REPLAY_HELP);
    return 0;
  }
  const { conversation, after, file, json } = values;
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals.join(' ')}"`);
  if ((conversation === undefined) === (file === undefined)) throw new UsageError('exactly one of --conversation and --file must be set');
  if (file !== undefined) await sendAll(file, createSender(values), json, output);
  if (conversation === undefined) return 0;
  const coloured = isColoured(output, environment);
  for await (const event of storedEvents(askedGateway(values, environment), conversation, after))
    output.out(`${json ? JSON.stringify(event) : eventLine(event, coloured)}\n`);
  return 0;
}

interface Page {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly FollowedEvent[];
}

async function* storedEvents(gateway: AskedGateway, id: string, from: string | undefined): AsyncGenerator<FollowedEvent> {
  for (let after = from; ;) {
    const { nodes, pageInfo } = await page(gateway, { id, after });
    yield* nodes;
    if (!pageInfo.hasNextPage || pageInfo.endCursor === null) return;
    after = pageInfo.endCursor;
  }
}

async function page({ url, token }: AskedGateway, variables: object): Promise<Page> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: STORED_EVENTS, variables }),
  }).catch(() => {
    throw new CommandError(`The gateway at ${url} is unreachable.`);
  });
  const answer = (await response.json().catch(() => ({}))) as {
    data?: { conversation?: { events: Page } | null };
    errors?: { message: string }[];
  };
  if (answer.errors !== undefined) throw new CommandError(summarize(answer.errors));
  if (!answer.data) throw new CommandError(`There is no gateway at ${url}.`);
  if (!answer.data.conversation) throw new CommandError('There is no such conversation.');
  return answer.data.conversation.events;
}

async function sendAll(file: string, send: ReturnType<typeof createSender>, json: boolean, output: CommandOutput): Promise<void> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (line.trim() === '') continue;
    const { eventId, body } = parsed(line, number);
    const result = await send(eventId, body);
    const { eventType, conversationId } = body;
    if (json) output.out(`${JSON.stringify({ eventId, eventType, conversationId, ...result })}\n`);
    else output.out(sentLine(eventType, eventId, body, result));
    const { status } = result;
    if (status < 200 || status > 299) throw new CommandError(`The gateway did not accept line ${number} (HTTP ${status}).`);
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  try {
    yield* createInterface({ input });
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new CommandError('--file: cannot be read.');
    throw error;
  }
}

function parsed(line: string, number: number): { eventId: string; body: EventBody } {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const { eventId = randomUUID(), body } = 'body' in value ? value : { body: value };
    const { eventType, conversationId } = body as Record<string, unknown>;
    if (typeof eventId === 'string' && typeof eventType === 'string' && typeof conversationId === 'string')
      return { eventId, body: body as EventBody };
  } catch {
    // Reported below.
  }
  throw new CommandError(`Line ${number} holds no event: must be a JSON object with eventType and conversationId.`);
}
