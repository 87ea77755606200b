import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import { handlingOf } from '../../domain/handling.js';
import type { Handling } from '../../domain/handling.js';
import type { ListedSighting, MessageName } from '../../domain/message-name.js';
import { scopeOf } from '../cursor.js';
import { LogUnavailableError } from '../errors.js';
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
import { StoredThenLive } from '../log-subscription.js';
import { requirePageLimit } from '../page-limit.js';
import { Subscribers } from '../subscribers.js';
import { TYPING_TTL_MS } from '../typing-board.js';
import { Appending } from './appending.js';
import type { Asks } from './asks.js';
import type { Connected } from './connection.js';
import { Ends } from './ends.js';
import type { Keys } from './keys.js';
import { encodePassing } from './live-message.js';
import { nameOf } from './name-json.js';
import { Names } from './names.js';
import { Pages } from './pages.js';
import { Cursors, ORIGIN } from './places.js';
import { Removal, TELLING_TYPES } from './removal.js';
import { passScript } from './scripts/appending.js';
import { messagesScript, namedScript } from './scripts/naming.js';
import { activeScript, handlingScript } from './scripts/reading.js';
import type { EntryReply } from './scripts/reading.js';
import { RedisRequestMemory } from './redis-request-memory.js';
import { Topics } from './topics.js';

/** Stored events that a subscription reads at a time. */
const SUBSCRIPTION_PAGE = 200;
/** How far the clocks of gateways may lie apart, in milliseconds, without an event being overlooked. */
const CLOCKS_APART_MS = 300_000;

export interface RedisLogParts {
  readonly connected: Connected;
  readonly asks: Asks;
  readonly keys: Keys;
  readonly epoch: string;
  readonly clock: Clock;
  readonly queueLimit: number;
  readonly retentionMs: number;
  /** What is weak about it. */
  readonly notes: readonly string[];
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
  #closing: Promise<void> | null = null;

  constructor(private readonly parts: RedisLogParts) {
    const { keys, connected, clock } = parts;
    const { commands } = connected;
    this.requests = new RedisRequestMemory(commands, keys, clock, parts.asks);
    this.#cursors = new Cursors(parts.epoch, keys.partitions);
    this.#pages = new Pages(commands, keys);
    this.#ends = new Ends(commands, keys, this.#cursors);
    this.#names = new Names(commands, keys, clock);
    this.#appending = new Appending({ commands, keys, names: this.#names, claimMs: parts.retentionMs });
    this.#removal = new Removal(commands, keys);
    this.#topics = new Topics({
      ...{ keys, cursors: this.#cursors, pages: this.#pages, subscribers: this.#subscribers, sender: this.#sender },
      ...{ connect: connected.connect, ends: (scope) => parts.asks.run(() => this.#ends.of(scope)) },
    });
  }

  append(event: ConversationEvent): Promise<Appended> {
    return this.parts.asks.run(async () => {
      const scope = scopeOf(event);
      const stored = await this.#appending.append(event);
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

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.parts.asks.closed) throw new LogUnavailableError('The event log is closed');
    return options.after === undefined ? this.#subscribeLive(scope, options) : this.#subscribeAfter(scope, options.after, options);
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
    return this.parts.asks.run(async () => {
      const { keys, connected } = this.parts;
      const found = await Promise.all(
        Array.from({ length: keys.partitions }, (_, index) =>
          activeScript.run(connected.commands, keys.base(index), received.getTime(), CLOCKS_APART_MS),
        ),
      );
      return found.flat().flatMap((json) => decodeEvent(json).conversationId ?? []);
    });
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
    return this.parts.asks.run(async () => {
      const { partition, hash } = this.parts.keys.locate({ conversationId });
      const found = await namedScript.run(this.parts.connected.commands, this.parts.keys.base(partition), hash, key);
      const name = nameOf(found?.[0] ?? null);
      if (found === null || name === null) return null;
      return { name, event: found[1] === null ? null : this.#logged(conversationId, found[1]) };
    });
  }

  unlisted(conversationId: string, received: Date): Promise<readonly LoggedEvent[]> {
    return this.parts.asks.run(async () => {
      const { partition, hash } = this.parts.keys.locate({ conversationId });
      const base = this.parts.keys.base(partition);
      const entries = await messagesScript.run(this.parts.connected.commands, base, hash, received.getTime(), CLOCKS_APART_MS);
      const events = entries.map((entry) => this.#logged(conversationId, entry)).filter(({ name }) => name?.listedId === null);
      // They come newest first; those of one time are to stay in the order of the log.
      return events.reverse().sort((a, b) => a.event.occurredAt.getTime() - b.event.occurredAt.getTime());
    });
  }

  handling(conversationId: string): Promise<Handling> {
    return this.parts.asks.run(async () => {
      const { partition, hash } = this.parts.keys.locate({ conversationId });
      const base = this.parts.keys.base(partition);
      const [kept, events] = await handlingScript.run(this.parts.connected.commands, base, hash, TELLING_TYPES);
      const earlier = kept === null ? [] : (JSON.parse(kept) as Handling);
      return handlingOf(
        earlier,
        events.map((json) => decodeEvent(json)),
      );
    });
  }

  expire(olderThan: Date): Promise<number> {
    return this.parts.asks.run(() => this.#removal.expire(olderThan, this.parts.clock()));
  }

  erase(conversationId: string): Promise<number> {
    return this.parts.asks.run(async () => {
      await this.requests.erase(conversationId);
      return this.#removal.erase(conversationId);
    });
  }

  async health(): Promise<LogHealth> {
    try {
      await this.parts.asks.run(() => this.#appending.probe());
      return { ok: true, notes: this.parts.notes };
    } catch (error) {
      return { ok: false, notes: [error instanceof Error ? error.message : String(error), ...this.parts.notes] };
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
    this.parts.connected.commands.disconnect();
  }

  async #subscribeLive(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    const asked = this.parts.asks.run(() => this.#ends.of(scope));
    const open = this.#topics.enter(scope);
    try {
      const end = await asked;
      const subscription = await this.#topics.join(open, end, (events) => {
        const begun = this.#newSubscription(scope, this.#cursors.encode(scope, end), options, open);
        for (const logged of events) begun.accept({ ...logged, replayed: false });
        return begun;
      });
      return subscription;
    } catch (error) {
      this.#topics.leave(open);
      throw error;
    }
  }

  async #subscribeAfter(scope: Scope, after: string, options: SubscribeOptions): Promise<LogSubscription> {
    this.#cursors.after(after, scope);
    const subscription = this.#newSubscription(scope, after, options, this.#topics.enter(scope));
    await subscription.begin();
    return subscription;
  }

  #newSubscription(scope: Scope, cursor: string, options: SubscribeOptions, open: ReturnType<Topics['enter']>): StoredThenLive {
    const wanted = { types: options.types ?? null, limit: SUBSCRIPTION_PAGE };
    const subscription: StoredThenLive = new StoredThenLive({
      cursor,
      types: options.types === undefined ? null : new Set(options.types),
      queueLimit: this.parts.queueLimit,
      readPage: (from, outcome) => {
        const taken = (page: LogPage) => {
          outcome.taken(page);
        };
        this.parts.asks
          .run(async () => this.#topics.readOn(open, this.#cursors.after(from, scope), wanted, taken))
          .catch((error: unknown) => outcome.failed(error as Error));
      },
      onOverflow: options.onOverflow,
      onEnd: () => {
        this.#subscribers.remove(scope, subscription);
        this.#topics.leave(open);
      },
    });
    this.#subscribers.add(scope, subscription);
    return subscription;
  }

  #logged(conversationId: string, [place, json, name]: EntryReply): LoggedEvent {
    return this.#topics.logged({ conversationId }, [place], decodeEvent(json), nameOf(name));
  }

  /** An event's own cursor. One without a conversation stands where all partitions were when it was stored. */
  async #cursorOf(scope: Scope, place: string): Promise<string> {
    if (scope !== 'all') return this.#cursors.encode(scope, [place]);
    return this.#cursors.encode(scope, (await this.#ends.ofAll()).with(this.parts.keys.locate(scope).partition, place));
  }
}
