import type { Worker } from 'node:worker_threads';
import type { Clock } from '../../domain/clock.js';
import { cursorExpired } from '../port/cursor.js';
import { EventIdReusedError, LogUnavailableError } from '../port/errors.js';
import type { Callbacks } from '../delivery/catch-up-subscription.js';
import type {
  WorkerResponse,
  OperationResult,
  OperationName,
  WorkerReady,
  Reply,
  Request,
  OperationInput,
  WorkerRequest,
} from './worker-protocol.js';

/** Bounds of one batch: how many requests, and how many characters of events. */
const MAX_BATCH = 256;
const MAX_BATCH_CHARACTERS = 8_388_608;
/** A batch takes milliseconds; after so long without an answer the disk is taken for stuck. */
const STALLED_AFTER_MS = 5_000;

const UNANSWERED: Reply = { ok: false, kind: 'UNAVAILABLE', message: 'The event log gave no answer' };

interface Call {
  readonly request: Request;
  settle(reply: Reply): void;
}

/**
 * Speaks with the store's thread. Requests that come while one batch is in flight make up the next: under load many appends share one sync to disk, and an idle
 * store answers at once.
 */
export class StoreClient {
  #waiting: Call[] = [];
  /** Slices of background work. */
  readonly #background: Call[] = [];
  /** A batch was sent ahead of the slice that waits: the slice is next. */
  #sliceIsDue = false;
  #inFlight: Call[] = [];
  #sentAt = 0;
  #failureReason: string | null = null;
  #failure: string | null = null;
  #probing = false;
  #closing = false;
  readonly #ended: Promise<void>;

  private constructor(
    private readonly worker: Worker,
    private readonly clock: Clock,
  ) {
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
  }

  /** Waits until a thread by `startStoreWorker` has opened its file. Rejects with `LogUnavailableError` where that cannot be done. */
  static open(worker: Worker, clock: Clock): Promise<{ store: StoreClient; opened: WorkerReady }> {
    const store = new StoreClient(worker, clock);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: WorkerResponse) => {
        if ('replies' in message) store.#settle(message.replies);
        else if ('opened' in message) resolve({ store, opened: message.opened });
        else store.#failureReason = message.refused;
      });
      worker.on('error', (error) => {
        store.#lose(`The thread of the event log failed: ${error.message}`);
      });
      worker.on('exit', () => {
        store.#lose('The thread of the event log has ended');
        reject(new LogUnavailableError(store.#failureReason ?? 'The thread of the event log has ended'));
      });
    });
  }

  /** Asks the store. The outcome is told in the order in which the store ran the requests, with nothing in between two of one batch. */
  call<K extends OperationName>(name: K, input: OperationInput<K>, outcome: Callbacks<OperationResult<K>>): void {
    this.#queue(this.#waiting, name, input, outcome);
  }

  /** As `call`, for those who need no more than a promise. */
  ask<K extends OperationName>(name: K, input: OperationInput<K>): Promise<OperationResult<K>> {
    return new Promise((resolve, reject) => {
      this.call(name, input, { resolve: resolve, reject: reject });
    });
  }

  /**
   * Asks for a slice of background work: in a batch of its own, after one batch of whatever waits when its turn comes, so that appends
   * go first and the work goes on all the same.
   */
  askInBackground<K extends OperationName>(name: K, input: OperationInput<K>): Promise<OperationResult<K>> {
    return new Promise((resolve, reject) => {
      this.#queue(this.#background, name, input, { resolve: resolve, reject: reject });
    });
  }

  /** Nothing can be asked any more. */
  get isClosed(): boolean {
    return this.#failureReason !== null || this.#closing;
  }

  /** What is wrong; null: nothing that is known. Never waits. After a failed write it has the store try again, and tells of that the next time. */
  fault(): string | null {
    if (this.#failureReason !== null) return this.#failureReason;
    const silentMs = this.#inFlight.length === 0 ? 0 : this.clock() - this.#sentAt;
    if (silentMs > STALLED_AFTER_MS) return `The disk of the event log has not answered for ${silentMs} ms`;
    if (this.#failure !== null) this.#probe();
    return this.#failure;
  }

  /** Finishes what was asked, then ends the thread. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#send();
    }
    return this.#ended;
  }

  #queue<K extends OperationName>(queue: Call[], name: K, input: OperationInput<K>, outcome: Callbacks<OperationResult<K>>): void {
    if (this.isClosed) {
      outcome.reject(new LogUnavailableError(this.#failureReason ?? 'The event log is closed'));
      return;
    }
    const settle = (reply: Reply) => {
      if (reply.ok) outcome.resolve(reply.result);
      else outcome.reject(toError(reply));
    };
    queue.push({ request: { name, input }, settle });
    // Not at once: those who ask in this same turn go together.
    if (queue.length > 1) return;
    queueMicrotask(() => {
      this.#send();
    });
  }

  #send(): void {
    if (this.#inFlight.length > 0 || this.#failureReason !== null) return;
    if (this.#waiting.length + this.#background.length > 0) {
      this.#inFlight = this.#nextBatch();
      this.#sentAt = this.clock();
      this.#post({ batch: this.#inFlight.map(({ request }) => request) });
    } else if (this.#closing) {
      this.#post('close');
    }
  }

  #nextBatch(): Call[] {
    const isSliceNext = this.#waiting.length === 0 || this.#sliceIsDue;
    this.#sliceIsDue = !isSliceNext && this.#background.length > 0;
    return isSliceNext ? this.#background.splice(0, 1) : this.#nextOfWaiting();
  }

  #nextOfWaiting(): Call[] {
    let characters = 0;
    const tooMany = this.#waiting.findIndex(({ request: { input } }, index) => {
      characters += 'json' in input ? input.json.length : 0;
      return index === MAX_BATCH || (index > 0 && characters > MAX_BATCH_CHARACTERS);
    });
    return this.#waiting.splice(0, tooMany === -1 ? this.#waiting.length : tooMany);
  }

  #post(message: WorkerRequest): void {
    this.worker.postMessage(message);
  }

  #settle(replies: readonly Reply[]): void {
    const calls = this.#inFlight;
    this.#inFlight = [];
    const failed = replies.find((reply) => !reply.ok && reply.kind === 'UNAVAILABLE');
    if (failed !== undefined && !failed.ok) this.#failure = failed.message;
    else if (calls.some(({ request: { name } }) => name === 'append' || name === 'probe')) this.#failure = null;
    // The store works on the next batch while this one is told.
    this.#send();
    calls.forEach((call, index) => {
      call.settle(replies[index] ?? UNANSWERED);
    });
  }

  /** The thread is gone: nobody who waits, or comes later, is left waiting. */
  #lose(reason: string): void {
    this.#failureReason ??= reason;
    const reply: Reply = { ok: false, kind: 'UNAVAILABLE', message: this.#failureReason };
    for (const call of [...this.#inFlight.splice(0), ...this.#waiting.splice(0), ...this.#background.splice(0)]) call.settle(reply);
  }

  #probe(): void {
    if (this.#probing) return;
    this.#probing = true;
    const done = () => {
      this.#probing = false;
    };
    // Two batches: within one transaction what is given back was never taken.
    const giveBack = () => {
      this.call('probe', { fill: false }, { resolve: done, reject: done });
    };
    this.call('probe', { fill: true }, { resolve: giveBack, reject: done });
  }
}

function toError({ kind, message }: Extract<Reply, { ok: false }>): Error {
  if (kind === 'EVENT_ID_REUSED') return new EventIdReusedError(message);
  return kind === 'CURSOR_EXPIRED' ? cursorExpired() : new LogUnavailableError(message);
}
