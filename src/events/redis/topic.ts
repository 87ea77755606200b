import type { ConversationEvent } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { CursorExpiredError } from '../../domain/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import { numberOf, ORIGIN, termOf } from './positions.js';
import type { Position, Vector } from './positions.js';
import type { LiveMessage } from './pubsub-message.js';
import type { Page } from './pages.js';

/** How many of the events told last are remembered, for those who come in between. */
const KEPT = 256;
/** How many messages may wait while missed events are read back. What comes on top is read back as well. */
const MAX_WAITING = 10_000;
const RETRY_MS = 200;

/** An event told to those who listen. */
export interface DispatchedEvent {
  readonly index: number;
  readonly position: Position;
  readonly event: ConversationEvent;
  readonly identity: MessageIdentity | null;
}

export interface TopicOptions {
  /** Whether the topic is that of all conversations. */
  readonly all: boolean;
  /** Where the scope ends now. */
  readonly ends: () => Promise<Vector>;
  /** Stored events after a position. Rejects with `CursorExpiredError` where they cannot be followed; where the position is one that this read has come to, what was removed since is skipped. */
  readonly read: (after: Vector, isContinuation: boolean) => Promise<Page>;
  /** Tells an event to all who listen; `vector`: where they stand then. */
  readonly dispatch: (told: DispatchedEvent, vector: Vector) => void;
  /** Events were lost: those who listen must be told, and the topic is to be closed. */
  readonly lost: (error: CursorExpiredError) => void;
}

/**
 * The live events of one scope, each once and in order, whatever happens to the connection that they come by: every message names the event before its own, so that a
 * missed one is seen, and read back before anything later is told.
 */
export class Topic {
  #at: Vector | null = null;
  /** Where those stand who have been told nothing of what is kept. */
  #keptFrom: Vector = [];
  #kept: DispatchedEvent[] = [];
  #waiting: LiveMessage[] = [];
  #readingBack: Promise<void> | null = null;
  #closed = false;
  /** Something may have been missed before it was known where to read on. */
  #hasGap = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: TopicOptions) {}

  /** Finds out where the scope ends. To be called once messages come in. */
  async start(): Promise<void> {
    const ends = await this.options.ends();
    this.#at = ends;
    this.#keptFrom = ends;
    if (this.#hasGap) await this.catchUp();
    else this.#takeWaiting();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** A message came in. */
  take(message: LiveMessage): void {
    if (this.#at !== null && this.#readingBack === null) {
      if (this.#isNext(message)) this.#tell(this.#toldBy(message));
      else if (!this.#isKnown(message)) void this.catchUp();
    } else if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push(message);
    }
  }

  /** An event that this gateway stored. If others are still to come before it, it comes with them. */
  publishLocal(message: LiveMessage): void {
    if (this.#at !== null && this.#readingBack === null && this.#isNext(message)) this.#tell(this.#toldBy(message));
  }

  /**
   * What has been told after a position; null where that is not remembered, or where more is stored than was told, so that one has to look at the log again (`isBehind`).
   */
  since(after: Vector): readonly DispatchedEvent[] | null {
    const isKept = this.#keptFrom.every((position, index) => numberOf(after[index] ?? ORIGIN) >= numberOf(position));
    if (this.#at === null || !isKept || this.isBehind(after)) return null;
    return this.#kept.filter(({ index, position }) => numberOf(position) > numberOf(after[index] ?? ORIGIN));
  }

  /** Whether more is stored than was told. */
  isBehind(after: Vector): boolean {
    return after.some((position, index) => numberOf(position) > numberOf(this.#at?.[index] ?? ORIGIN));
  }

  /** Tells what was missed, if anything, until now. Settles when that is done, or cannot be done now; then it is tried again. */
  catchUp(): Promise<void> {
    this.#hasGap = this.#at === null;
    // One that is under way may have looked already.
    const under = this.#readingBack;
    const read = under === null ? this.#readOn() : under.then(() => this.#readOn());
    const all = read.finally(() => {
      if (this.#readingBack !== all) return;
      this.#readingBack = null;
      this.#takeWaiting();
    });
    this.#readingBack = all;
    return all;
  }

  async #readOn(): Promise<void> {
    try {
      let isContinuation = false;
      for (let more = !this.#closed && this.#at !== null; more; isContinuation = true) {
        const page = await this.options.read(this.#at ?? [], isContinuation);
        for (const { index, position, json, identity } of page.entries) this.#tell({ index, position, identity, event: decodeEvent(json) });
        more = page.hasMore && !this.#closed;
      }
    } catch (error) {
      this.#waiting = [];
      if (error instanceof CursorExpiredError) this.options.lost(error);
      else this.#tryAgain();
    }
  }

  #takeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === MAX_WAITING) void this.catchUp();
    else for (const message of waiting) this.take(message);
  }

  #indexOf(message: LiveMessage): number {
    return this.options.all ? message.partition : 0;
  }

  #positionOf(message: LiveMessage): Position {
    return this.#at?.[this.#indexOf(message)] ?? ORIGIN;
  }

  #isNext(message: LiveMessage): boolean {
    return (this.options.all ? message.previousOfAll : message.previous) === this.#positionOf(message);
  }

  /** Told before. A lower number of another term is none that we know: then events were lost, which reading back finds out. */
  #isKnown(message: LiveMessage): boolean {
    const at = this.#positionOf(message);
    return termOf(at) === termOf(message.position) && numberOf(message.position) <= numberOf(at);
  }

  #toldBy(message: LiveMessage): DispatchedEvent {
    return { index: this.#indexOf(message), position: message.position, ...message.told() };
  }

  #tell(told: DispatchedEvent): void {
    if (this.#at === null) return;
    this.#at = this.#at.with(told.index, told.position);
    this.#kept.push(told);
    const oldest = this.#kept.length > KEPT ? this.#kept.shift() : undefined;
    if (oldest !== undefined) this.#keptFrom = this.#keptFrom.with(oldest.index, oldest.position);
    this.options.dispatch(told, this.#at);
  }

  #tryAgain(): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.catchUp();
    }, RETRY_MS);
  }
}
