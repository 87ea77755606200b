import type { KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../../domain/worker-entry.js';
import { verifyRs256 } from './verify-rs256.js';
import type { VerifyJob } from './signature-worker.js';

/** How many signatures are verified inline per tick of the event loop. */
const MAX_INLINE_PER_TICK = 4;

export interface SignatureChecker {
  /** As `verifyRs256`; results arrive in the order of the calls. */
  verify(key: KeyObject, input: string, signature: string): Promise<boolean>;
}

interface PendingJob {
  readonly job: VerifyJob;
  readonly resolve: (isValid: boolean) => void;
}

/**
 * Verifies signatures inline while few arrive, which is cheaper than posting them to a thread. Under load a worker thread verifies them, started at the first burst; it
 * receives all that arrived while it was busy as one message. Verified inline, they would take a quarter of the event loop's time. If the thread is lost, all are verified inline.
 */
export class SignatureVerifier implements SignatureChecker {
  #thread: Worker | null = null;
  #isReady = false;
  #waiting: PendingJob[] = [];
  #inFlight: PendingJob[] = [];
  #inlineThisTick = 0;

  /** Whether the worker thread is running. */
  get isThreaded(): boolean {
    return this.#isReady;
  }

  verify(key: KeyObject, input: string, signature: string): Promise<boolean> {
    if (!this.#isBusy()) return Promise.resolve(verifyRs256(key, input, signature));
    return new Promise((resolve) => {
      this.#waiting.push({ job: [key, input, signature], resolve });
      // Not immediately, so that all of this tick go together.
      if (this.#waiting.length === 1 && this.#inFlight.length === 0) setImmediate(() => this.#send());
    });
  }

  /** Ends the thread. What it has not answered is verified inline. */
  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #isBusy(): boolean {
    // Results keep the order of the calls.
    if (this.#waiting.length + this.#inFlight.length > 0) return true;
    if (this.#inlineThisTick === 0) setImmediate(() => (this.#inlineThisTick = 0));
    this.#inlineThisTick += 1;
    if (this.#inlineThisTick <= MAX_INLINE_PER_TICK) return false;
    this.#thread ??= this.#start();
    return this.#isReady;
  }

  #start(): Worker {
    const thread = new Worker(workerUrl('./signature-worker.js', import.meta.url), { name: 'signatures', execArgv: [] });
    // It must not keep the process alive.
    thread.unref();
    thread.once('online', () => (this.#isReady = true));
    thread.on('message', (results: readonly boolean[]) => {
      const answered = this.#inFlight;
      this.#inFlight = [];
      // The thread works on the next batch while these are resolved.
      this.#send();
      answered.forEach(({ resolve }, index) => resolve(results[index] === true));
    });
    thread.on('error', () => undefined);
    thread.once('exit', () => this.#onWorkerExit());
    return thread;
  }

  #send(): void {
    if (this.#thread === null || this.#inFlight.length > 0 || this.#waiting.length === 0) return;
    this.#inFlight = this.#waiting;
    this.#waiting = [];
    this.#thread.postMessage(this.#inFlight.map(({ job }) => job));
  }

  #onWorkerExit(): void {
    this.#isReady = false;
    for (const { job, resolve } of [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]) resolve(verifyRs256(...job));
  }
}
