import type { Worker } from 'node:worker_threads';
import type { Clock } from '../../domain/clock.js';
import { cursorExpired } from '../port/cursor.js';
import { EventIdReusedError, LogUnavailableError } from '../port/errors.js';
import type { Callbacks } from '../delivery/catch-up-subscription.js';
import { CallQueues } from './call-queues.js';
import type { Call, CallKind } from './call-queues.js';
import type {
  WorkerResponse,
  OperationResult,
  OperationName,
  WorkerReady,
  Reply,
  OperationInput,
  WorkerRequest,
} from './worker-protocol.js';

/** A batch runs for milliseconds; after this long without a reply the disk counts as stalled. */
const STALL_THRESHOLD_MS = 5_000;

const NO_REPLY: Reply = { ok: false, kind: 'UNAVAILABLE', message: 'The event log did not reply' };

/**
 * Client of the store's worker. Requests made while one batch is in flight form the next: under load many appends share one sync to disk,
 * and an idle store replies immediately.
 */
export class StoreClient {
  readonly #queues = new CallQueues();
  #inFlight: Call[] = [];
  #sentAt = 0;
  #failureReason: string | null = null;
  #lastWriteError: string | null = null;
  #isProbing = false;
  #isClosing = false;
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

  /** Waits until a worker by `startStoreWorker` has opened its file. Rejects with `LogUnavailableError` if it cannot. */
  static open(worker: Worker, clock: Clock): Promise<{ store: StoreClient; opened: WorkerReady }> {
    const store = new StoreClient(worker, clock);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: WorkerResponse) => {
        if ('replies' in message) store.#settle(message.replies);
        else if ('opened' in message) resolve({ store, opened: message.opened });
        else store.#failureReason = message.openError;
      });
      worker.on('error', (error) => {
        store.#fail(`The event log worker failed: ${error.message}`);
      });
      worker.on('exit', () => {
        store.#fail('The event log worker has exited');
        reject(new LogUnavailableError(store.#failureReason ?? 'The event log worker has exited'));
      });
    });
  }

  /** Calls the store. Callbacks run in the order in which the store ran the requests, with nothing in between two of one batch. */
  call<K extends OperationName>(name: K, input: OperationInput<K>, callbacks: Callbacks<OperationResult<K>>): void {
    this.#queue('prompt', name, input, callbacks);
  }

  /** Reads a page of events, beside few others: thousands of subscriptions that resume do not delay appends (`CallQueues`). */
  readPage(query: OperationInput<'readPage'>, callbacks: Callbacks<OperationResult<'readPage'>>): void {
    this.#queue('page', 'readPage', query, callbacks);
  }

  /** Like `call`, as a promise. */
  ask<K extends OperationName>(name: K, input: OperationInput<K>): Promise<OperationResult<K>> {
    return new Promise((resolve, reject) => {
      this.call(name, input, { resolve, reject });
    });
  }

  /**
   * Requests a slice of background work. It runs in a batch of its own, after at most one batch of waiting requests, so that appends have
   * priority and the work still makes progress.
   */
  askInBackground<K extends OperationName>(name: K, input: OperationInput<K>): Promise<OperationResult<K>> {
    return new Promise((resolve, reject) => {
      this.#queue('background', name, input, { resolve, reject });
    });
  }

  /** True if nothing can be requested any more. */
  get isClosed(): boolean {
    return this.#failureReason !== null || this.#isClosing;
  }

  /**
   * The current error; null if none is known. Returns immediately. After a failed write it starts a disk check, whose result the next call
   * returns.
   */
  currentError(): string | null {
    if (this.#failureReason !== null) return this.#failureReason;
    const silentMs = this.#inFlight.length === 0 ? 0 : this.clock() - this.#sentAt;
    if (silentMs > STALL_THRESHOLD_MS) return `The disk of the event log has not answered for ${silentMs} ms`;
    if (this.#lastWriteError !== null) this.#probeDisk();
    return this.#lastWriteError;
  }

  /** Finishes pending requests, then ends the worker. */
  close(): Promise<void> {
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#send();
    }
    return this.#ended;
  }

  #queue<K extends OperationName>(kind: CallKind, name: K, input: OperationInput<K>, callbacks: Callbacks<OperationResult<K>>): void {
    if (this.isClosed) {
      callbacks.reject(new LogUnavailableError(this.#failureReason ?? 'The event log is closed'));
      return;
    }
    const settle = (reply: Reply) => {
      if (reply.ok) callbacks.resolve(reply.result);
      else callbacks.reject(toError(reply));
    };
    // Deferred to a microtask: requests of one event-loop tick share a batch.
    if (!this.#queues.add(kind, { request: { name, input }, settle })) return;
    queueMicrotask(() => {
      this.#send();
    });
  }

  #send(): void {
    if (this.#inFlight.length > 0 || this.#failureReason !== null) return;
    if (!this.#queues.isEmpty) {
      this.#inFlight = this.#queues.nextBatch();
      this.#sentAt = this.clock();
      this.#post({ batch: this.#inFlight.map(({ request }) => request) });
    } else if (this.#isClosing) {
      this.#post('close');
    }
  }

  #post(message: WorkerRequest): void {
    this.worker.postMessage(message);
  }

  #settle(replies: readonly Reply[]): void {
    const calls = this.#inFlight;
    this.#inFlight = [];
    const failed = replies.find((reply) => !reply.ok && reply.kind === 'UNAVAILABLE');
    if (failed !== undefined && !failed.ok) this.#lastWriteError = failed.message;
    else if (calls.some(({ request: { name } }) => name === 'append' || name === 'heal' || name === 'probeDisk'))
      this.#lastWriteError = null;
    this.#queues.settled(calls, replies);
    // The store works on the next batch while this one is settled.
    this.#send();
    calls.forEach((call, index) => {
      call.settle(replies[index] ?? NO_REPLY);
    });
  }

  /** The worker has ended: rejects all pending requests, so that none waits forever. */
  #fail(reason: string): void {
    this.#failureReason ??= reason;
    const reply: Reply = { ok: false, kind: 'UNAVAILABLE', message: this.#failureReason };
    for (const call of [...this.#inFlight.splice(0), ...this.#queues.clear()]) call.settle(reply);
  }

  #probeDisk(): void {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const done = () => {
      this.#isProbing = false;
    };
    // Two batches: within one transaction, released space was never occupied.
    const releaseSpace = () => {
      this.call('probeDisk', { fill: false }, { resolve: done, reject: done });
    };
    this.call('probeDisk', { fill: true }, { resolve: releaseSpace, reject: done });
  }
}

function toError({ kind, message }: Extract<Reply, { ok: false }>): Error {
  if (kind === 'EVENT_ID_REUSED') return new EventIdReusedError(message);
  return kind === 'CURSOR_EXPIRED' ? cursorExpired() : new LogUnavailableError(message);
}
