import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import type { Handling } from '../../domain/handling.js';
import type { ListedSighting, MessageName } from '../../domain/message-name.js';
import { scopeOf } from '../cursor.js';
import { LogUnavailableError, reasonOf } from '../errors.js';
import { decodeEvent } from '../event-codec.js';
import type {
  Appended,
  EventLog,
  ExpectedEcho,
  Head,
  LogHealth,
  LogLevels,
  LoggedEvent,
  LogPage,
  LogSubscription,
  ReadRange,
  Scope,
  SubscribeOptions,
} from '../event-log.js';
import { requirePageLimit } from '../page-limit.js';
import { Subscribers } from '../subscribers.js';
import { TYPING_TTL_MS } from '../typing-board.js';
import { Appending } from './appending.js';
import type { Asks } from './asks.js';
import type { Connected } from './connection.js';
import { Ends } from './ends.js';
import { EventReads } from './event-reads.js';
import type { Keys } from './keys.js';
import { encodePassing } from './live-message.js';
import { Names } from './names.js';
import { Pages } from './pages.js';
import { Cursors, ORIGIN } from './places.js';
import { Removal } from './removal.js';
import { passScript } from './scripts/appending.js';
import { RedisRequestMemory } from './redis-request-memory.js';
import type { Replicas } from './replicas.js';
import { Subscriptions } from './subscriptions.js';
import { Topics } from './topics.js';

export interface RedisLogParts {
  readonly connected: Connected;
  readonly asks: Asks;
  readonly keys: Keys;
  readonly epoch: string;
  readonly clock: Clock;
  readonly queueLimit: number;
  readonly retentionMs: number;
  /** What is weak about it, at the start, and as things stand when it is asked again. */
  readonly weak: readonly string[];
  readonly weaknesses: () => Promise<readonly string[]>;
  readonly replicas: Replicas;
}

/** The event log of any number of gateways: all is in Redis, but for who subscribes here. */
export class RedisEventLog implements EventLog {
  readonly requests: RedisRequestMemory;
  readonly #sender = randomUUID();
  readonly #subscribers = new Subscribers();
  readonly #cursors: Cursors;
  readonly #pages: Pages;
  readonly #ends: Ends;
  readonly #names: Names;
  readonly #appending: Appending;
  readonly #removal: Removal;
  readonly #topics: Topics;
  readonly #subscriptions: Subscriptions;
  readonly #reads: EventReads;
  /** As was found last. */
  #weak: readonly string[];
  #closing: Promise<void> | null = null;

  constructor(private readonly parts: RedisLogParts) {
    const { keys, connected, clock, replicas } = parts;
    this.#weak = parts.weak;
    const { commands } = connected;
    this.requests = new RedisRequestMemory(commands, keys, clock, parts.asks, replicas);
    this.#cursors = new Cursors(parts.epoch, keys.partitions);
    this.#pages = new Pages(commands, keys);
    this.#ends = new Ends(commands, keys, this.#cursors);
    this.#names = new Names(commands, keys, clock, replicas);
    this.#appending = new Appending({ commands, keys, names: this.#names, claimMs: parts.retentionMs, replicas });
    this.#removal = new Removal(commands, keys);
    this.#topics = new Topics({
      ...{ keys, cursors: this.#cursors, pages: this.#pages, subscribers: this.#subscribers, sender: this.#sender },
      ...{ connected, ends: (scope) => parts.asks.run(() => this.#ends.of(scope)) },
    });
    this.#subscriptions = new Subscriptions({
      ...{ asks: parts.asks, cursors: this.#cursors, ends: this.#ends, topics: this.#topics },
      ...{ subscribers: this.#subscribers, queueLimit: parts.queueLimit },
    });
    this.#reads = new EventReads(commands, keys, this.#cursors);
  }

  append(event: ConversationEvent, echoOf?: string): Promise<Appended> {
    return this.parts.asks.run(async () => {
      const scope = scopeOf(event);
      const stored = await this.#appending.append(event, echoOf);
      if (stored.message !== null) this.#topics.tellOwn(scope, stored.message);
      return {
        event: stored.event,
        cursor: await this.#cursorOf(scope, stored.place),
        name: stored.name,
        duplicate: stored.message === null,
      };
    });
  }

  publish(event: ConversationEvent): void {
    const scope = scopeOf(event);
    if (scope !== 'all') this.#subscribers.pass(scope, event);
    this.#subscribers.pass('all', event);
    const { keys, connected } = this.parts;
    const { partition, hash } = keys.locate(scope);
    const typing = event.type === 'TYPING_CHANGED' && event.data.typing.length > 0 ? JSON.stringify(event.data.typing) : '';
    const ofConversation = scope === 'all' ? '' : hash;
    const channel = scope === 'all' ? '' : keys.channel(scope);
    const message = encodePassing(this.#sender, event);
    const args = [ofConversation, typing, TYPING_TTL_MS, message, channel, keys.channel('all')];
    // What is not stored may be lost.
    this.parts.asks.run(() => passScript.run(connected.commands, keys.base(partition), ...args)).catch(() => undefined);
  }

  async read(scope: Scope, range: ReadRange): Promise<LogPage> {
    requirePageLimit(range.limit);
    const after = range.after === undefined ? null : this.#cursors.after(range.after, scope);
    const before = range.before === undefined ? null : this.#cursors.before(range.before, scope);
    const { limit, fromEnd = false, types = null } = range;
    const page = await this.parts.asks.run(() => this.#pages.read(scope, { after, before, limit, fromEnd, types }));
    const events = page.entries.map(({ vector, json, name }) => this.#topics.logged(scope, vector, decodeEvent(json), name));
    return { events, hasMore: page.hasMore };
  }

  async holds(conversationId: string): Promise<boolean> {
    return (await this.read({ conversationId }, { limit: 1 })).events.length > 0;
  }

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.parts.asks.closed) throw new LogUnavailableError('The event log is closed');
    return this.#subscriptions.begin(scope, options);
  }

  head(): Promise<Head> {
    return this.parts.asks.run(async () => {
      const head = await this.#ends.head();
      return { cursor: (scope) => this.parts.asks.run(() => head.cursor(scope)) };
    });
  }

  origin(scope: Scope): string {
    return this.#cursors.encode(
      scope,
      Array.from({ length: this.#cursors.width(scope) }, () => ORIGIN),
    );
  }

  activeSince(received: Date): Promise<readonly string[]> {
    return this.parts.asks.run(() => this.#reads.activeSince(received));
  }

  expectEcho(expected: ExpectedEcho): Promise<string> {
    return this.parts.asks.run(() => this.#names.expectEcho(expected));
  }

  echoRefused(handle: string): Promise<void> {
    return this.parts.asks.run(() => this.#names.echoRefused(handle));
  }

  nameListed(conversationId: string, sightings: readonly ListedSighting[]): Promise<readonly MessageName[]> {
    return this.parts.asks.run(() => this.#names.nameListed(conversationId, sightings));
  }

  named(conversationId: string, key: string): Promise<{ name: MessageName; event: LoggedEvent | null } | null> {
    return this.parts.asks.run(() => this.#reads.named(conversationId, key));
  }

  unlisted(conversationId: string, received: Date): Promise<readonly LoggedEvent[]> {
    return this.parts.asks.run(() => this.#reads.unlisted(conversationId, received));
  }

  handling(conversationId: string): Promise<Handling> {
    return this.parts.asks.run(() => this.#reads.handling(conversationId));
  }

  expire(olderThan: Date): Promise<number> {
    return this.parts.asks.runAtLength(() => this.#removal.expire(olderThan, this.parts.clock()));
  }

  erase(conversationId: string): Promise<number> {
    return this.parts.asks.runAtLength(async () => {
      await this.requests.erase(conversationId);
      return this.#removal.erase(conversationId);
    });
  }

  async health(): Promise<LogHealth> {
    try {
      const { asks, weaknesses } = this.parts;
      // Settings can be changed, and a replica that has taken over may have others.
      [, this.#weak] = await asks.run(() => Promise.all([this.#appending.probe(), weaknesses()]));
      return { ok: true, notes: this.#weak };
    } catch (error) {
      return { ok: false, notes: [reasonOf(error), ...this.#weak] };
    }
  }

  levels(): LogLevels {
    return this.#subscribers.levels();
  }

  close(): Promise<void> {
    this.parts.asks.close();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#appending.idle();
    this.#topics.close();
    this.#subscribers.endAll();
    this.parts.replicas.close();
    this.parts.connected.commands.disconnect();
  }

  /** An event's own cursor. One without a conversation stands where all partitions were when it was stored. */
  async #cursorOf(scope: Scope, place: string): Promise<string> {
    if (scope !== 'all') return this.#cursors.encode(scope, [place]);
    return this.#cursors.encode(scope, (await this.#ends.ofAll()).with(this.parts.keys.locate(scope).partition, place));
  }
}
