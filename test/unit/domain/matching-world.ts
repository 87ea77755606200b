import type { ConversationEvent } from '../../../src/domain/event.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import type { MessageContent, MessageRecord } from '../../../src/domain/message.js';
import type { Window, WindowOf } from '../../../src/domain/window.js';
import { MessageHistory } from '../../../src/events/history/message-history.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';
import { AlignmentStore } from './matching-store.js';

/** How a world is. Times in milliseconds. */
export interface WorldOptions {
  /** Messages after the history. */
  readonly messages: number;
  /** Messages of the history that the conversation was created with: no event tells of them. */
  readonly history: number;
  /** Somebody reads the history before anything else is said. */
  readonly historyIsRead: boolean;
  /** The longest pause between the history and the first message, and between two messages. */
  readonly pauseMs: number;
  /** How far the events' times, and our clock, are off the list's, at most; anywhere from `-skewMs` to `skewMs`, the same all the time. */
  readonly skewMs: number;
  /** How long the list may lag behind a message; half of the messages do not lag. */
  readonly listLagMs: number;
  /** How long an event may be on its way. */
  readonly eventDelayMs: number;
  /** The share of messages whose event is lost. */
  readonly lostEvents: number;
  /** The share of customers' and bots' messages that are sent past this gateway. */
  readonly sentElsewhere: number;
  /** How many different texts there are. */
  readonly texts: number;
  readonly clients: number;
}

/** Equal texts abound, and everything lags and crosses; but no event is lost, and all that customers and bots say after the history goes through this gateway. */
export const USUAL: WorldOptions = {
  messages: 12,
  history: 0,
  historyIsRead: true,
  pauseMs: 4_000,
  skewMs: 2_000,
  listLagMs: 5_000,
  eventDelayMs: 5_000,
  lostEvents: 0,
  sentElsewhere: 0,
  texts: 2,
  clients: 5,
};

/** What a client may see wrong. */
export type Fault = 'renamed' | 'missed' | 'doubled' | 'clientMessageId';

interface Said {
  readonly listedId: string;
  readonly content: MessageContent;
  readonly at: number;
  readonly digest: string;
  readonly clientMessageId: string | null;
  readonly hasEvent: boolean;
  isListed: boolean;
}

/** One who queries and subscribes after the cursor: keys of the messages by the query, and how many events lay before the cursor. */
interface Client {
  shown: ReadonlyMap<string, string>;
  listed: ReadonlySet<string>;
  cursor: number;
}

const LAST_50: Window = { kind: 'last', count: 50, from: 0, before: null };
const START = 1_767_225_600_000;

/** One conversation with all that befalls it, by one seed; `play` tells what was seen wrong. */
export class World {
  readonly #random: () => number;
  readonly #store = new AlignmentStore();
  readonly #history: MessageHistory;
  readonly #said: Said[] = [];
  readonly #clients: Client[] = [];
  readonly #steps: { readonly at: number; readonly run: () => void | Promise<void> }[] = [];
  readonly #faults = new Set<Fault>();
  readonly #keyOfListed = new Map<string, string>();
  readonly #eventSkewMs: number;
  readonly #ourSkewMs: number;
  #now = START;

  constructor(
    seed: number,
    private readonly options: WorldOptions,
  ) {
    this.#random = seededRandom(seed);
    this.#eventSkewMs = this.#around(options.skewMs);
    this.#ourSkewMs = this.#around(options.skewMs);
    this.#history = new MessageHistory(this.#store, () => this.#now + this.#ourSkewMs, true);
  }

  async play(): Promise<ReadonlySet<Fault>> {
    const { history, messages, pauseMs, clients } = this.options;
    for (let index = 0; index < history; index += 1) this.#planHistory(START + index);
    if (this.options.historyIsRead) {
      this.#plan(START + history, async () => {
        await this.#query(Promise.resolve(this.#list()));
      });
    }
    // Nobody can send before the conversation is there.
    let at = START + history + 300;
    // Now a burst, now a pause.
    for (let index = 0; index < messages; index += 1) {
      at += this.#upTo(this.#chance(0.4) ? 300 : pauseMs);
      this.#planMessage(at);
    }
    for (let index = 0; index < clients; index += 1) this.#planClient(START + this.#upTo(at - START + 5_000));
    // Those before may be at the same moment: sorting is stable, so they stay in the order of planning.
    for (const step of this.#steps.sort((a, b) => a.at - b.at)) {
      this.#now = step.at;
      await step.run();
    }
    await this.#judge();
    return this.#faults;
  }

  #planHistory(at: number): void {
    const said = this.#message(at, this.#chance(0.5) ? 'CUSTOMER' : 'BOT', null, false);
    this.#plan(at, () => {
      said.isListed = true;
      this.#said.push(said);
    });
  }

  #planMessage(at: number): void {
    const { lostEvents, sentElsewhere, listLagMs, eventDelayMs } = this.options;
    const type = this.#pick(['AGENT', 'CUSTOMER', 'CUSTOMER', 'BOT'] as const);
    const isOurs = type !== 'AGENT' && !this.#chance(sentElsewhere);
    const clientMessageId = isOurs && this.#chance(0.5) ? `client-${this.#steps.length}` : null;
    const said = this.#message(at, type, clientMessageId, !this.#chance(lostEvents));
    if (isOurs) {
      const sent = at - this.#upTo(300);
      this.#plan(sent, () => {
        this.#store.expectEcho({ digest: said.digest, clientMessageId, sentAt: sent + this.#ourSkewMs });
      });
    }
    this.#plan(at, () => void this.#said.push(said));
    this.#plan(at + (this.#chance(0.5) ? 0 : this.#upTo(listLagMs)), () => {
      said.isListed = true;
    });
    if (said.hasEvent)
      this.#plan(at + 1 + this.#upTo(this.#chance(0.5) ? 50 : eventDelayMs), () => void this.#store.append(this.#eventOf(said)));
  }

  /** Takes its cursor and asks; the list answers by a picture of a later moment, and the answer arrives later still. */
  #planClient(at: number): void {
    const client: Client = { shown: new Map(), listed: new Set(), cursor: 0 };
    const readAt = at + this.#upTo(1_000);
    let list: readonly Said[] = [];
    let answer: (list: readonly Said[]) => void = () => undefined;
    let shown: Promise<ReadonlyMap<string, string>>;
    this.#clients.push(client);
    this.#plan(at, () => {
      client.cursor = this.#store.events.length;
      shown = this.#query(new Promise((resolve) => (answer = resolve)));
    });
    this.#plan(readAt, () => {
      list = this.#list();
      client.listed = new Set(list.map(({ listedId }) => listedId));
    });
    this.#plan(readAt + this.#upTo(1_000), async () => {
      answer(list);
      client.shown = await shown;
    });
  }

  #list(): Said[] {
    return this.#said.filter(({ isListed }) => isListed).sort((a, b) => a.at - b.at);
  }

  /** The digests of the newest messages by key, as a query shows them that is answered by `list`. */
  async #query(list: Promise<readonly Said[]>): Promise<ReadonlyMap<string, string>> {
    const { items } = await this.#history.window('c1', LAST_50, async (window) => lastOf((await list).map(recordOf), window));
    for (const { identity } of items) {
      if (identity.listedId === null) continue;
      if ((this.#keyOfListed.get(identity.listedId) ?? identity.id) !== identity.id) this.#faults.add('renamed');
      this.#keyOfListed.set(identity.listedId, identity.id);
    }
    if (new Set(items.map(({ identity }) => identity.id)).size < items.length) this.#faults.add('missed');
    return new Map(items.map((message) => [message.identity.id, messageDigest(message)]));
  }

  async #judge(): Promise<void> {
    this.#now += 700_000;
    const all = await this.#query(Promise.resolve(this.#list()));
    this.#compare(all, this.#said);
    for (const { shown, listed, cursor } of this.#clients) {
      const merged = new Map(shown);
      for (const { event, key } of this.#store.events.slice(cursor)) merged.set(key, messageDigest(event.data.message));
      // What no event tells is seen only by who found it in the list.
      this.#compare(
        merged,
        this.#said.filter(({ hasEvent, listedId }) => hasEvent || listed.has(listedId)),
      );
    }
    this.#judgeClientMessageIds();
  }

  /** Equal messages cannot be told apart, so it is enough to count them. */
  #compare(shown: ReadonlyMap<string, string>, said: readonly Said[]): void {
    const counts = new Map<string, number>();
    for (const { digest } of said) counts.set(digest, (counts.get(digest) ?? 0) + 1);
    for (const digest of shown.values()) counts.set(digest, (counts.get(digest) ?? 0) - 1);
    for (const count of counts.values()) if (count !== 0) this.#faults.add(count > 0 ? 'missed' : 'doubled');
  }

  /** Each is on one message of those sent through us with that text. */
  #judgeClientMessageIds(): void {
    for (const { clientMessageId, digest, hasEvent } of this.#said) {
      if (clientMessageId === null || !hasEvent) continue;
      const bearers = [...this.#store.names.values()].filter((name) => name.clientMessageId === clientMessageId);
      const bearer = this.#said.find(({ listedId }) => listedId === bearers[0]?.listedId);
      if (bearers.length !== 1 || bearer?.digest !== digest || bearer.at < START + this.options.history + 300)
        this.#faults.add('clientMessageId');
    }
  }

  #message(at: number, type: 'AGENT' | 'CUSTOMER' | 'BOT', clientMessageId: string | null, hasEvent: boolean): Said {
    const author = { participantId: type, type, name: null, language: null, removed: null };
    const content = { author, text: `text ${Math.floor(this.#random() * this.options.texts)}`, attachments: [], cards: [] };
    return { listedId: `m${this.#steps.length}`, content, at, digest: messageDigest(content), clientMessageId, hasEvent, isListed: false };
  }

  #eventOf({ listedId, content, at }: Said): ConversationEvent<'MESSAGE_ADDED'> {
    return {
      id: `event of ${listedId}`,
      conversationId: 'c1',
      type: 'MESSAGE_ADDED',
      occurredAt: new Date(at + this.#eventSkewMs),
      receivedAt: new Date(this.#now + this.#ourSkewMs),
      data: { message: content, isEcho: content.author.type !== 'AGENT' },
    };
  }

  #plan(at: number, run: () => void | Promise<void>): void {
    this.#steps.push({ at, run });
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #upTo(max: number): number {
    return Math.floor(this.#random() * max);
  }

  #around(max: number): number {
    return Math.floor((this.#random() * 2 - 1) * max);
  }

  #pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.#upTo(items.length)] ?? items[0];
  }
}

function recordOf({ listedId, content, at }: Said): MessageRecord {
  return { ...content, listedId, messageId: listedId, createdAt: new Date(at), translatedText: null, interactionId: null };
}

function lastOf<T>(all: readonly T[], { count }: Window): WindowOf<T> {
  const start = Math.max(0, all.length - count);
  return { items: all.slice(start), start, total: all.length, hasMore: start > 0 };
}

/** How many of `worlds` worlds show each fault, and the seed of the first that shows any. */
export async function faultsIn(worlds: number, options: WorldOptions): Promise<Record<Fault, number> & { readonly seed: number | null }> {
  const counts = { renamed: 0, missed: 0, doubled: 0, clientMessageId: 0 };
  let first: number | null = null;
  for (let seed = 1; seed <= worlds; seed += 1) {
    const faults = await new World(seed, options).play();
    for (const fault of faults) counts[fault] += 1;
    if (faults.size > 0) first ??= seed;
  }
  return { ...counts, seed: first };
}
