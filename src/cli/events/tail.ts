import { EVENT_TYPES } from '../../domain/events/event-table.js';
import { UsageError, commandOptions, count } from '../options.js';
import { isColoured } from '../output.js';
import type { CommandOutput } from '../output.js';
import { Following } from './following.js';
import type { FollowRequest } from './following.js';
import { EVENT_FIELDS, eventLine } from './format-event.js';
import { GATEWAY_HELP, GATEWAY_OPTIONS, askedGateway } from './gateway-options.js';

export const TAIL_HELP = `usage: chat-graphql-gateway events tail [options]

Follows the events of all conversations, or of one, live. After a lost connection it reconnects and resumes after the last event, or, if none has arrived
yet, where the log ended when it first connected. It says when a connection was lost and why, and when it is back. An event that no webhook reported shows its
source.

options:
  --conversation ID  of this conversation only
  --channel ID       of conversations of this channel only
  --shard I/N        of shard I of N of the conversations only; I is 0 to N - 1
  --type TYPE        of this type only, MESSAGE_ADDED say; may be repeated
  --after CURSOR     first the stored events after this cursor
  --limit N          end after N events
  --json             an event a line, as JSON
  -h, --help
${GATEWAY_HELP}
Colours are used on a terminal, unless NO_COLOR is set; FORCE_COLOR=1 has them anywhere.

exit codes: 0 ended by --limit or by a signal, 1 the gateway rejected the request or is unreachable, 2 wrong arguments
`;

export const TAIL_ALL = `subscription ($after: String, $types: [ConversationEventType!], $channelId: ID, $shard: Shard) {
  events: allConversationEvents(after: $after, types: $types, channelId: $channelId, shard: $shard) { ...EventFields }
}
${EVENT_FIELDS}`;
export const TAIL_ONE = `subscription ($conversationId: ID!, $after: String, $types: [ConversationEventType!]) {
  events: conversationEvents(conversationId: $conversationId, after: $after, types: $types) { ...EventFields }
}
${EVENT_FIELDS}`;

export const END_OF_ALL = '{ gateway { latestCursor } }';
export const END_OF_ONE = 'query ($id: ID!) { conversation(id: $id) { latestCursor } }';

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

/** `events tail`: runs until `signal`; resolves with the code to exit with. */
export async function tail(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput,
  signal: AbortSignal,
): Promise<number> {
  const { values, positionals } = commandOptions(argv, {
    ...GATEWAY_OPTIONS,
    conversation: { type: 'string' },
    channel: { type: 'string' },
    shard: { type: 'string' },
    type: { type: 'string', multiple: true },
    after: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) {
    output.out(TAIL_HELP);
    return 0;
  }
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals.join(' ')}"`);
  const { conversation, channel: channelId, after, type: types } = values;
  if (conversation !== undefined && channelId !== undefined) throw new UsageError('--conversation and --channel cannot be combined');
  if (conversation !== undefined && values.shard !== undefined) throw new UsageError('--conversation and --shard cannot be combined');
  for (const type of types ?? [])
    if (!TYPES.has(type)) throw new UsageError(`unknown type "${type}"; --type must be one of: ${[...TYPES].join(', ')}`);
  const coloured = isColoured(output, environment);
  const wanted: FollowRequest = {
    gateway: askedGateway(values, environment),
    after: after ?? null,
    limit: count('--limit', values.limit) ?? Infinity,
    ...(conversation === undefined ? ofAll({ types, channelId, shard: readShard(values.shard) }) : ofOne(conversation, { types })),
  };
  const stamp = () => new Date().toISOString();
  const following = new Following(wanted, signal, {
    event: (event) => output.out(`${values.json ? JSON.stringify(event) : eventLine(event, coloured)}\n`),
    lost: (cause) => output.err(`${stamp()} Connection lost (${cause}); reconnecting.\n`),
    back: (afterMs) => output.err(`${stamp()} Connected again after ${Math.round(afterMs / 1_000)} s.\n`),
  });
  await following.run();
  if (following.cursor !== null && !values.json) output.err(`To resume from here: --after ${following.cursor}\n`);
  return 0;
}

type Followed = Pick<FollowRequest, 'subscription' | 'variables' | 'end'>;

const ofAll = (variables: FollowRequest['variables']): Followed => ({
  subscription: TAIL_ALL,
  variables,
  end: { query: END_OF_ALL, variables: {}, whenNull: 'The gateway did not say where its log ends.' },
});

const ofOne = (conversationId: string, variables: FollowRequest['variables']): Followed => ({
  subscription: TAIL_ONE,
  variables: { conversationId, ...variables },
  end: { query: END_OF_ONE, variables: { id: conversationId }, whenNull: 'NOT_FOUND: There is no such conversation.' },
});

/** From `I/N`; the gateway checks how many there may be. */
function readShard(text: string | undefined): { index: number; count: number } | undefined {
  if (text === undefined) return undefined;
  const [, index = '', count = ''] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (count === '' || Number(index) >= Number(count))
    throw new UsageError(`--shard must be I/N with I below N, such as 0/4; got "${text}"`);
  return { index: Number(index), count: Number(count) };
}
