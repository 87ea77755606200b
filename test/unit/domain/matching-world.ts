import type { ConversationEvent } from '../../../src/domain/event.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import { DEFAULT_RETRY_HORIZON_MS } from '../../../src/domain/identity-retention.js';
import type { MessageContent, MessageRecord } from '../../../src/domain/message.js';
import { windowOfArray } from '../../../src/domain/window.js';
import type { Window } from '../../../src/domain/window.js';
import { MessageHistory } from '../../../src/events/history/message-history.js';
import { MessageHealer } from '../../../src/events/history/heal-messages.js';
import { LateEvents } from '../../../src/events/jobs/late-events.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { seededRandom } from '../../contract/event-log/seeded-random.js';
import { MatchingStore } from './matching-store.js';

/** Parameters of a simulated conversation. Times in milliseconds. */
export interface WorldOptions {
  /** Messages after the history. */
  readonly messages: number;
  /** Messages of the history that the conversation was created with: they have no events. */
  readonly history: number;
  /** A client reads the history before the first message. */
  readonly historyIsRead: boolean;
  /** The longest pause between the history and the first message, and between two messages. */
  readonly pauseMs: number;
  /** The largest offset of the events' clock, and of ours, from the list's: constant, from `-skewMs` to `skewMs`. */
  readonly skewMs: number;
  /** How long the list may lag behind a message; half of the messages do not lag. */
  readonly listLagMs: number;
  /** The longest delay of an event. */
  readonly eventDelayMs: number;
  /** The share of messages whose event is lost. */
  readonly lostEvents: number;
  /** The share of customers' and bots' messages that are not sent through this gateway. */
  readonly sentElsewhere: number;
  /** How many different texts there are. */
  readonly texts: number;
  readonly clients: number;
  /** How long an event is expected after its message; then a message without an event is forgotten. */
  readonly retryHorizonMs: number;
  /** Further queries, at any time until `rereadForMs` after the last message. */
  readonly rereads: number;
  readonly rereadForMs: number;
  /** How often the process is killed, at any time until `rereadForMs` after the last message. */
  readonly crashes: number;
  /** Further queries ask for as many messages at most; how many of them is left to chance. */
  readonly reread: number;
  /** After how long a message is healed that no event has reported; null: never. The list is looked at after each message, and once at the end. */
  readonly healAfterMs: number | null;
  /** The list is looked at all the same, but nothing is healed. */
  readonly onlyLooks: boolean;
}

/** What a simulation uses of a log. `expire` is called now and then; `crash` loses what may be lost. */
export type WorldStore = Pick<
  EventLog,
  | 'append'
  | 'identifyListedMessages'
  | 'eventsMissingFromHistory'
  | 'findByIdentity'
  | 'read'
  | 'registerPendingSend'
  | 'decideHealing'
  | 'heal'
> &
  Partial<Pick<EventLog, 'expire'>> & { crash?(): void };

/** Opens the store of one simulation, whose clock it is. */
export type OpenWorldStore = (clock: () => number, retryHorizonMs: number) => WorldStore;

const openMatchingStore: OpenWorldStore = (clock, retryHorizonMs) => new MatchingStore(clock, retryHorizonMs);

/** More messages than any simulation has. */
const ALL = 50;

/** Many equal texts, with lag and reordering; but no event is lost, and customers and bots send only through this gateway after the history. */
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
  retryHorizonMs: DEFAULT_RETRY_HORIZON_MS,
  rereads: 0,
  rereadForMs: 0,
  crashes: 0,
  reread: ALL,
  healAfterMs: null,
  onlyLooks: false,
};

/** An error that a client may observe. */
export type ObservedError = 'renamed' | 'missed' | 'doubled' | 'clientMessageId';

interface SentMessage {
  readonly listedId: string;
  readonly content: MessageContent;
  readonly at: number;
  readonly digest: string;
  readonly clientMessageId: string | null;
  readonly hasEvent: boolean;
  /** Of the history that the conversation was created with. */
  readonly isImported: boolean;
  isListed: boolean;
}

/** Queries, then subscribes after the cursor: ids of the messages by the query, and how many events precede the cursor. */
interface Client {
  shown: ReadonlyMap<string, string>;
  listed: ReadonlySet<string>;
  cursor: number;
}

/** Longer than the longest delay of an event. */
const EXPIRY_MS = 3_600_000;
const last = (count: number): Window => ({ kind: 'last', count, from: 0, before: null });
const START = 1_767_225_600_000;

/** One conversation, simulated from a seed; `play` returns the errors that clients observed. */
export class World {
  readonly #random: () => number;
  readonly #store: WorldStore;
  readonly #lateEvents: LateEvents;
  #history: MessageHistory;
  readonly #healer: MessageHealer;
  readonly #appended: { readonly event: ConversationEvent<'MESSAGE_ADDED'>; readonly messageId: string }[] = [];
  readonly #said: SentMessage[] = [];
  readonly #clients: Client[] = [];
  readonly #steps: { readonly at: number; readonly run: () => void | Promise<void> }[] = [];
  readonly #errors = new Set<ObservedError>();
  readonly #idOfListed = new Map<string, string>();
  /** `clientMessageId`s by listed id. */
  readonly #bearers = new Map<string, string>();
  readonly #eventSkewMs: number;
  readonly #ourSkewMs: number;
  #now = START;

  constructor(
    seed: number,
    private readonly options: WorldOptions,
    openStore: OpenWorldStore = openMatchingStore,
  ) {
    this.#random = seededRandom(seed);
    this.#eventSkewMs = this.#around(options.skewMs);
    this.#ourSkewMs = this.#around(options.skewMs);
    const { retryHorizonMs } = options;
    const clock = () => this.#now + this.#ourSkewMs;
    this.#store = openStore(clock, retryHorizonMs);
    const fetch = (_conversationId: string, window: Window) => Promise.resolve(windowOfArray(window, this.#list().map(recordOf)));
    this.#lateEvents = new LateEvents({ logFor: () => this.#store, fetch, clock, retryHorizonMs });
    this.#history = this.#openHistory();
    this.#healer = new MessageHealer({
      log: this.#store,
      clock,
      afterMs: options.healAfterMs ?? Infinity,
      reachMs: retryHorizonMs,
      identify: (conversationId, records) => this.#history.identify(conversationId, records),
      onHealed: ({ event, identity }) => {
        if (event.type === 'MESSAGE_ADDED') this.#appended.push({ event, messageId: identity?.id ?? '' });
      },
    });
  }

  #openHistory(): MessageHistory {
    return new MessageHistory(this.#store, () => this.#now + this.#ourSkewMs, true, this.options.retryHorizonMs);
  }

  async play(): Promise<ReadonlySet<ObservedError>> {
    const { history, messages, pauseMs, clients, rereads, rereadForMs, crashes } = this.options;
    for (let index = 0; index < history; index += 1) this.#planHistory(START + index);
    if (this.options.historyIsRead) {
      this.#plan(START + history, async () => {
        await this.#query(Promise.resolve(this.#list()));
      });
    }
    // Nobody can send before the conversation exists.
    let at = START + history + 300;
    // Bursts and pauses.
    for (let index = 0; index < messages; index += 1) {
      at += this.#upTo(this.#chance(0.4) ? 300 : pauseMs);
      this.#planMessage(at);
    }
    for (let index = 0; index < clients; index += 1) this.#planClient(START + this.#upTo(at - START + 5_000));
    for (let index = 0; index < crashes; index += 1) this.#planCrash(START + this.#upTo(at - START + rereadForMs));
    for (let index = 0; index < rereads; index += 1) this.#planReread(START + this.#upTo(at - START + rereadForMs));
    if (this.options.healAfterMs !== null) this.#planHealing(START + history, at);
    // Steps may have the same time: sorting is stable, so they keep the order of planning.
    for (const step of this.#steps.sort((a, b) => a.at - b.at)) {
      this.#now = step.at;
      await step.run();
    }
    await this.#check();
    return this.#errors;
  }

  #planHistory(at: number): void {
    const said = this.#message(at, this.#chance(0.5) ? 'CUSTOMER' : 'BOT', null, { hasEvent: false, isImported: true });
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
    const said = this.#message(at, type, clientMessageId, { hasEvent: !this.#chance(lostEvents), isImported: false });
    if (isOurs) {
      const sent = at - this.#upTo(300);
      this.#plan(sent, async () => {
        const sentAt = new Date(sent + this.#ourSkewMs);
        await this.#store.registerPendingSend({ conversationId: 'c1', digest: said.digest, clientMessageId, sentAt });
      });
    }
    this.#plan(at, () => void this.#said.push(said));
    this.#plan(at + (this.#chance(0.5) ? 0 : this.#upTo(listLagMs)), () => {
      said.isListed = true;
    });
    if (said.hasEvent) this.#plan(at + 1 + this.#upTo(this.#chance(0.5) ? 50 : eventDelayMs), () => this.#append(this.#eventOf(said)));
  }

  async #append(event: ConversationEvent<'MESSAGE_ADDED'>): Promise<void> {
    const { identity, duplicate } = await this.#lateEvents.append(event);
    if (!duplicate) this.#appended.push({ event, messageId: identity?.id ?? '' });
  }

  /** The gateway looks for messages that no event has reported: a while after some messages, and twice at the end, when lists lag no more. */
  #planHealing(createdAt: number, lastAt: number): void {
    const after = this.options.healAfterMs ?? 0;
    const options = { since: new Date(createdAt + 100), dryRun: this.options.onlyLooks };
    const heal = async () => {
      await this.#healer.healMessages('c1', this.#list().map(recordOf), options);
    };
    const { skewMs, listLagMs, eventDelayMs } = this.options;
    const times = this.#steps.filter((_, index) => index % 8 === 0).map(({ at }) => at + after + this.#upTo(10_000));
    const end = lastAt + after + eventDelayMs + listLagMs + 2 * skewMs;
    for (const at of [...times, end + 60_000, end + 120_000]) this.#plan(at, heal);
  }

  /** Whatever is forgotten in between, each message keeps its id. */
  #planReread(at: number): void {
    this.#plan(at, async () => {
      await this.#store.expire?.(new Date(this.#now - EXPIRY_MS));
      const { reread } = this.options;
      await this.#query(Promise.resolve(this.#list()), reread === ALL ? ALL : 1 + this.#upTo(reread));
    });
  }

  #planCrash(at: number): void {
    this.#plan(at, () => {
      this.#store.crash?.();
      this.#history = this.#openHistory();
    });
  }

  /** Reads its cursor and queries; the list's snapshot is of a later time, and the response arrives later still. */
  #planClient(at: number): void {
    const client: Client = { shown: new Map(), listed: new Set(), cursor: 0 };
    const readAt = at + this.#upTo(1_000);
    let list: readonly SentMessage[] = [];
    let answer: (list: readonly SentMessage[]) => void = () => undefined;
    let shown: Promise<ReadonlyMap<string, string>>;
    this.#clients.push(client);
    this.#plan(at, () => {
      client.cursor = this.#appended.length;
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

  #list(): SentMessage[] {
    return this.#said.filter(({ isListed }) => isListed).sort((a, b) => a.at - b.at);
  }

  /** The digests of the newest messages by key, as a query shows them that is answered by `list`. */
  async #query(list: Promise<readonly SentMessage[]>, count = ALL): Promise<ReadonlyMap<string, string>> {
    const { items } = await this.#history.window('c1', last(count), async (window) => windowOfArray(window, (await list).map(recordOf)));
    for (const { identity } of items) {
      if (identity.clientMessageId !== null && identity.listedId !== null) this.#bearers.set(identity.listedId, identity.clientMessageId);
      if (identity.listedId === null) continue;
      if ((this.#idOfListed.get(identity.listedId) ?? identity.id) !== identity.id) this.#errors.add('renamed');
      this.#idOfListed.set(identity.listedId, identity.id);
    }
    if (new Set(items.map(({ identity }) => identity.id)).size < items.length) this.#errors.add('missed');
    return new Map(items.map((message) => [message.identity.id, messageDigest(message)]));
  }

  async #check(): Promise<void> {
    this.#now += 700_000;
    const all = await this.#query(Promise.resolve(this.#list()));
    this.#compare(all, this.#said);
    const isHealing = this.options.healAfterMs !== null && !this.options.onlyLooks;
    for (const { shown, listed, cursor } of this.#clients) {
      const merged = new Map(shown);
      for (const { event, messageId } of this.#appended.slice(cursor)) merged.set(messageId, messageDigest(event.data.message));
      // A message without an event is seen only by a client that found it in the list, unless it is healed.
      this.#compare(
        merged,
        this.#said.filter(({ hasEvent, isImported, listedId }) => hasEvent || listed.has(listedId) || (isHealing && !isImported)),
      );
    }
    this.#checkClientMessageIds();
  }

  /** Equal messages are indistinguishable, so it is enough to count them. */
  #compare(shown: ReadonlyMap<string, string>, said: readonly SentMessage[]): void {
    const counts = new Map<string, number>();
    for (const { digest } of said) counts.set(digest, (counts.get(digest) ?? 0) + 1);
    for (const digest of shown.values()) counts.set(digest, (counts.get(digest) ?? 0) - 1);
    for (const count of counts.values()) if (count !== 0) this.#errors.add(count > 0 ? 'missed' : 'doubled');
  }

  /** Each belongs to exactly one message with that text that was sent through this gateway. */
  #checkClientMessageIds(): void {
    for (const { clientMessageId, digest, hasEvent } of this.#said) {
      if (clientMessageId === null || !hasEvent) continue;
      const bearers = [...this.#bearers].filter(([, borne]) => borne === clientMessageId);
      const bearer = this.#said.find(({ listedId }) => listedId === bearers[0]?.[0]);
      if (bearers.length !== 1 || bearer?.digest !== digest || bearer.at < START + this.options.history + 300)
        this.#errors.add('clientMessageId');
    }
  }

  #message(
    at: number,
    type: 'AGENT' | 'CUSTOMER' | 'BOT',
    clientMessageId: string | null,
    { hasEvent, isImported }: Pick<SentMessage, 'hasEvent' | 'isImported'>,
  ): SentMessage {
    const author = { participantId: type, type, name: null, language: null, removed: null };
    const content = { author, text: `text ${Math.floor(this.#random() * this.options.texts)}`, attachments: [], cards: [] };
    const listedId = `m${this.#steps.length}`;
    return { listedId, content, at, digest: messageDigest(content), clientMessageId, hasEvent, isImported, isListed: false };
  }

  #eventOf({ listedId, content, at }: SentMessage): ConversationEvent<'MESSAGE_ADDED'> {
    return {
      id: `event of ${listedId}`,
      conversationId: 'c1',
      type: 'MESSAGE_ADDED',
      occurredAt: new Date(at + this.#eventSkewMs),
      receivedAt: new Date(this.#now + this.#ourSkewMs),
      source: 'WEBHOOK',
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

function recordOf({ listedId, content, at }: SentMessage): MessageRecord {
  return { ...content, listedId, messageId: listedId, createdAt: new Date(at), translatedText: null, interactionId: null };
}

/** How many of `worlds` simulations show each error, and the first seed that shows any. */
export async function errorsIn(
  worlds: number,
  options: WorldOptions,
  firstSeed = 1,
  openStore: OpenWorldStore = openMatchingStore,
): Promise<Record<ObservedError, number> & { readonly seed: number | null }> {
  const counts = { renamed: 0, missed: 0, doubled: 0, clientMessageId: 0 };
  let first: number | null = null;
  for (let seed = firstSeed; seed < firstSeed + worlds; seed += 1) {
    const errors = await new World(seed, options, openStore).play();
    for (const error of errors) counts[error] += 1;
    if (errors.size > 0) first ??= seed;
  }
  return { ...counts, seed: first };
}
