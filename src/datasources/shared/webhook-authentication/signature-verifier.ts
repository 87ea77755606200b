import type { KeyObject } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../../domain/worker-entry.js';
import { verifyRs256 } from './verify-rs256.js';
import type { VerifyJob } from './signature-worker.js';

/** How many webhooks in one turn of the event loop are no crowd yet. */
const MAX_INLINE_PER_TICK = 4;

export interface SignatureChecker {
  /** As `isSigned`; checks are told in the order in which they were asked for. */
  check(key: KeyObject, input: string, signature: string): Promise<boolean>;
}

interface Check {
  readonly sent: VerifyJob;
  readonly resolve: (isValid: boolean) => void;
}

/**
 * Checks signatures at once while few come, which takes less than to hand them over. A crowd's are checked by a thread of their own, which is started for the first crowd and
 * takes all that came while it was busy as one message: the event loop would be busy with them for a quarter of its time. Should the thread be lost, all are checked at once.
 */
export class SignatureVerifier implements SignatureChecker {
  #thread: Worker | null = null;
  #isReady = false;
  #waiting: Check[] = [];
  #inFlight: Check[] = [];
  #inlineThisTick = 0;

  /** There is a thread for crowds. */
  get isThreaded(): boolean {
    return this.#isReady;
  }

  check(key: KeyObject, input: string, signature: string): Promise<boolean> {
    if (!this.#isBusy()) return Promise.resolve(verifyRs256(key, input, signature));
    return new Promise((resolve) => {
      this.#waiting.push({ sent: [key, input, signature], resolve: resolve });
      // Not at once: those who ask in this same turn go together.
      if (this.#waiting.length === 1 && this.#inFlight.length === 0) setImmediate(() => this.#send());
    });
  }

  /** Ends the thread. What it has not told is checked here. */
  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #isBusy(): boolean {
    // Nobody is told before those who came earlier.
    if (this.#waiting.length + this.#inFlight.length > 0) return true;
    if (this.#inlineThisTick === 0) setImmediate(() => (this.#inlineThisTick = 0));
    this.#inlineThisTick += 1;
    if (this.#inlineThisTick <= MAX_INLINE_PER_TICK) return false;
    this.#thread ??= this.#start();
    return this.#isReady;
  }

  #start(): Worker {
    const thread = new Worker(workerUrl('./signature-worker.js', import.meta.url), { name: 'signatures', execArgv: [] });
    // It has nothing of its own to finish.
    thread.unref();
    thread.once('online', () => (this.#isReady = true));
    thread.on('message', (results: readonly boolean[]) => {
      const checks = this.#inFlight;
      this.#inFlight = [];
      // The thread works on the next ones while these are told.
      this.#send();
      checks.forEach(({ resolve }, index) => resolve(results[index] === true));
    });
    thread.on('error', () => undefined);
    thread.once('exit', () => this.#onWorkerExit());
    return thread;
  }

  #send(): void {
    if (this.#thread === null || this.#inFlight.length > 0 || this.#waiting.length === 0) return;
    this.#inFlight = this.#waiting;
    this.#waiting = [];
    this.#thread.postMessage(this.#inFlight.map(({ sent }) => sent));
  }

  #onWorkerExit(): void {
    this.#isReady = false;
    for (const { sent, resolve: told } of [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]) told(verifyRs256(...sent));
  }
}
