import type { ConversationEvent } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { CursorExpiredError } from '../../domain/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import { numberOf, ORIGIN, termOf } from './positions.js';
import type { Position, Vector } from './positions.js';
import type { LiveMessage } from './pubsub-message.js';
import type { Page } from './page-reader.js';

/** How many dispatched events are remembered, for subscriptions that join meanwhile. */
const MAX_HISTORY = 256;
/** How many messages are buffered while catching up. Further ones are read from the log as well. */
const MAX_BUFFERED = 10_000;
const RETRY_MS = 200;

/** An event dispatched to subscribers. */
export interface DispatchedEvent {
  readonly index: number;
  readonly position: Position;
  readonly event: ConversationEvent;
  readonly identity: MessageIdentity | null;
}

export interface TopicOptions {
  /** Whether the topic is that of all conversations. */
  readonly isAll: boolean;
  /** Reads the scope's current head. */
  readonly findHead: () => Promise<Vector>;
  /**
   * Reads stored events after a position. Rejects with `CursorExpiredError` if it can no longer be resumed from. `isContinuation`: the
   * position is this read's own, and events removed since are skipped.
   */
  readonly readPage: (after: Vector, isContinuation: boolean) => Promise<Page>;
  /** Delivers an event to all subscribers; `vector`: their positions after it. */
  readonly dispatch: (dispatched: DispatchedEvent, vector: Vector) => void;
  /** Events were lost: the subscribers must be failed, and the topic closed. */
  readonly onLost: (error: CursorExpiredError) => void;
}

/**
 * The live events of one scope, each once and in order, across reconnects: every message names the position before its own, so that a gap
 * is detected, and filled from the log before anything later is dispatched.
 */
export class Topic {
  #position: Vector | null = null;
  /** The position before the oldest remembered event. */
  #historyStart: Vector = [];
  #history: DispatchedEvent[] = [];
  #buffered: LiveMessage[] = [];
  #catchingUp: Promise<void> | null = null;
  #closed = false;
  /** Messages may have been missed before the position was known. */
  #hasGap = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: TopicOptions) {}

  /** Reads the scope's head. Call once messages arrive. */
  async start(): Promise<void> {
    const findHead = await this.options.findHead();
    this.#position = findHead;
    this.#historyStart = findHead;
    if (this.#hasGap) await this.catchUp();
    else this.#drainBuffer();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Accepts a message. */
  accept(message: LiveMessage): void {
    if (this.#position !== null && this.#catchingUp === null) {
      if (this.#isNext(message)) this.#dispatch(this.#toDispatched(message));
      else if (!this.#isKnown(message)) void this.catchUp();
    } else if (this.#buffered.length < MAX_BUFFERED) {
      this.#buffered.push(message);
    }
  }

  /** Dispatches an event that this gateway stored. If earlier ones are still missing, it arrives with them. */
  publishLocal(message: LiveMessage): void {
    if (this.#position !== null && this.#catchingUp === null && this.#isNext(message)) this.#dispatch(this.#toDispatched(message));
  }

  /**
   * What was dispatched after a position; null if that is not remembered, or if more is stored than was dispatched, so that the log must
   * be read (`isBehind`).
   */
  since(after: Vector): readonly DispatchedEvent[] | null {
    const isCovered = this.#historyStart.every((position, index) => numberOf(after[index] ?? ORIGIN) >= numberOf(position));
    if (this.#position === null || !isCovered || this.isBehind(after)) return null;
    return this.#history.filter(({ index, position }) => numberOf(position) > numberOf(after[index] ?? ORIGIN));
  }

  /** Whether the reader is ahead of what was dispatched. */
  isBehind(after: Vector): boolean {
    return after.some((position, index) => numberOf(position) > numberOf(this.#position?.[index] ?? ORIGIN));
  }

  /** Dispatches missed events, if any. Settles when done, or when it cannot be done now; it is then retried. */
  catchUp(): Promise<void> {
    this.#hasGap = this.#position === null;
    // A run in flight may have read the log already.
    const inFlight = this.#catchingUp;
    const readPage = inFlight === null ? this.#readMissed() : inFlight.then(() => this.#readMissed());
    const run = readPage.finally(() => {
      if (this.#catchingUp !== run) return;
      this.#catchingUp = null;
      this.#drainBuffer();
    });
    this.#catchingUp = run;
    return run;
  }

  async #readMissed(): Promise<void> {
    try {
      let isContinuation = false;
      for (let more = !this.#closed && this.#position !== null; more; isContinuation = true) {
        const page = await this.options.readPage(this.#position ?? [], isContinuation);
        for (const { index, position, json, identity } of page.entries)
          this.#dispatch({ index, position, identity, event: decodeEvent(json) });
        more = page.hasMore && !this.#closed;
      }
    } catch (error) {
      this.#buffered = [];
      if (error instanceof CursorExpiredError) this.options.onLost(error);
      else this.#scheduleRetry();
    }
  }

  #drainBuffer(): void {
    const buffered = this.#buffered;
    this.#buffered = [];
    if (buffered.length === MAX_BUFFERED) void this.catchUp();
    else for (const message of buffered) this.accept(message);
  }

  #indexOf(message: LiveMessage): number {
    return this.options.isAll ? message.partition : 0;
  }

  #positionOf(message: LiveMessage): Position {
    return this.#position?.[this.#indexOf(message)] ?? ORIGIN;
  }

  #isNext(message: LiveMessage): boolean {
    return (this.options.isAll ? message.previousOfAll : message.previous) === this.#positionOf(message);
  }

  /** Already dispatched. A lower number of another term is unknown: then events were lost, which catching up detects. */
  #isKnown(message: LiveMessage): boolean {
    const position = this.#positionOf(message);
    return termOf(position) === termOf(message.position) && numberOf(message.position) <= numberOf(position);
  }

  #toDispatched(message: LiveMessage): DispatchedEvent {
    return { index: this.#indexOf(message), position: message.position, ...message.decode() };
  }

  #dispatch(dispatched: DispatchedEvent): void {
    if (this.#position === null) return;
    this.#position = this.#position.with(dispatched.index, dispatched.position);
    this.#history.push(dispatched);
    const oldest = this.#history.length > MAX_HISTORY ? this.#history.shift() : undefined;
    if (oldest !== undefined) this.#historyStart = this.#historyStart.with(oldest.index, oldest.position);
    this.options.dispatch(dispatched, this.#position);
  }

  #scheduleRetry(): void {
    if (this.#closed || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.catchUp();
    }, RETRY_MS);
  }
}
