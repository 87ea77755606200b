import { setTimeout as delay } from 'node:timers/promises';
import type { GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client, ClientOptions } from 'graphql-ws';
import WebSocket from 'ws';
import { EVENT_TYPES } from '../../domain/events/event-table.js';
import { CommandError } from '../command-error.js';
import { UsageError, commandOptions, count } from '../options.js';
import { isColoured } from '../output.js';
import type { CommandOutput } from '../output.js';
import { failureForGood, toCommandError } from './connection-failure.js';
import { EVENT_FIELDS, eventLine } from './format-event.js';
import type { FollowedEvent } from './format-event.js';
import { GATEWAY_HELP, GATEWAY_OPTIONS, askedGateway } from './gateway-options.js';
import type { AskedGateway } from './gateway-options.js';

export const TAIL_HELP = `usage: chat-graphql-gateway events tail [options]

Follows the events of all conversations, or of one, live. After a lost connection it reconnects and resumes after the last event.

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

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

interface Tail {
  readonly gateway: AskedGateway;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly limit: number;
}

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
  const wanted: Tail = {
    gateway: askedGateway(values, environment),
    query: conversation === undefined ? TAIL_ALL : TAIL_ONE,
    variables: {
      after,
      types,
      ...(conversation === undefined ? { channelId, shard: readShard(values.shard) } : { conversationId: conversation }),
    },
    limit: count('--limit', values.limit) ?? Infinity,
  };
  const following = new Following(wanted, signal, (event) => {
    output.out(`${values.json ? JSON.stringify(event) : eventLine(event, coloured)}\n`);
  });
  await following.run(() => output.err('Connection lost; reconnecting.\n'));
  if (following.cursor !== null && !values.json) output.err(`To resume from here: --after ${following.cursor}\n`);
  return 0;
}

/** From `I/N`; the gateway checks how many there may be. */
function readShard(text: string | undefined): { index: number; count: number } | undefined {
  if (text === undefined) return undefined;
  const [, index = '', count = ''] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (count === '' || Number(index) >= Number(count))
    throw new UsageError(`--shard must be I/N with I below N, such as 0/4; got "${text}"`);
  return { index: Number(index), count: Number(count) };
}

/** Follows events, over as many connections as that needs. */
class Following {
  /** Of the last event. */
  cursor: string | null = null;
  #received = 0;
  #tries = 0;
  #wasConnected = false;
  /** How long the gateway asked to wait before a retry. */
  #retryAfterMs = 0;

  constructor(
    private readonly wanted: Tail,
    private readonly signal: AbortSignal,
    private readonly onEvent: (event: FollowedEvent) => void,
  ) {}

  /** Resolves once it is over. Rejects with `CommandError` if the gateway rejects the subscription, or was never reached. */
  async run(onLost: () => void): Promise<void> {
    for (;;) {
      await this.#connection();
      if (this.#isOver()) return;
      onLost();
      const waitMs = Math.max(this.#retryAfterMs, Math.min(10_000, 250 * 2 ** this.#tries++) * (0.5 + Math.random() / 2));
      this.#retryAfterMs = 0;
      await delay(waitMs, undefined, { signal: this.signal }).catch(() => undefined);
      if (this.#isOver()) return;
    }
  }

  #isOver(): boolean {
    return this.signal.aborted || this.#received >= this.wanted.limit;
  }

  async #connection(): Promise<void> {
    let socketError: unknown = null;
    const client = connect(this.wanted.gateway, {
      connected: () => {
        this.#wasConnected = true;
        this.#tries = 0;
      },
      error: (error) => (socketError = error),
    });
    const stop = () => void client.dispose();
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      this.#handleErrors(await this.#consume(client));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      if (Array.isArray(error)) {
        this.#handleErrors(error as GraphQLFormattedError[]);
        return;
      }
      const failure = failureForGood({ error: socketError, closed: error }, this.wanted.gateway, this.#wasConnected);
      if (failure !== null) throw failure;
    } finally {
      this.signal.removeEventListener('abort', stop);
      await client.dispose();
    }
  }

  /** Throws unless the gateway asked for a retry. */
  #handleErrors(errors: readonly GraphQLFormattedError[] | null): void {
    if (errors === null) return;
    this.#retryAfterMs = toRetryAfterMs(errors);
    if (this.#retryAfterMs === 0) throw toCommandError(errors, this.wanted.gateway);
  }

  /** Resolves with the errors that ended the subscription; null if there were none. Rejects as graphql-ws does. */
  async #consume(client: Client): Promise<readonly GraphQLFormattedError[] | null> {
    const { query, variables } = this.wanted;
    const after = this.cursor === null ? {} : { after: this.cursor };
    const results = client.iterate<{ events: FollowedEvent }>({ query, variables: { ...variables, ...after } });
    for await (const { data, errors } of results) {
      if (!data?.events) return errors ?? [];
      this.cursor = data.events.cursor;
      this.#received += 1;
      this.onEvent(data.events);
      if (this.#isOver()) return null;
    }
    return null;
  }
}

function connect({ url, token }: AskedGateway, on: Pick<NonNullable<ClientOptions['on']>, 'connected' | 'error'>): Client {
  return createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    keepAlive: 12_000,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    on,
  });
}

/** In an outage, for instance of the event log, the gateway says when to retry; 0 if it does not. */
function toRetryAfterMs(errors: readonly GraphQLFormattedError[]): number {
  return Math.max(0, ...errors.map(({ extensions }) => Number(extensions?.['retryAfterSeconds'] ?? 0) * 1_000));
}
