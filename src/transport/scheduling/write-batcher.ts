import type { Writable } from 'node:stream';

/** How many sockets may wait to be written to: what is worked out for them takes less than a millisecond. */
const MAX_HELD = 64;

/**
 * Writes what is sent in one turn of the event loop at its end, one socket right after the other, and to each in one. A write that wakes who waits for it takes up to
 * twice as long as one to somebody awake; a process that holds many of these sockets, a proxy for instance, has gone to sleep again when each event is written by itself.
 */
export class WriteBatcher {
  #held: Writable[] = [];

  /** Holds back what is written to a socket from now on. What others write to it meanwhile goes behind, in order. */
  corkUntilTick(wire: Writable): void {
    if (wire.writableCorked > 0) return;
    if (this.#held.length === MAX_HELD) this.#release();
    wire.cork();
    if (this.#held.push(wire) === 1) process.nextTick(this.#release);
  }

  readonly #release = (): void => {
    const held = this.#held;
    this.#held = [];
    for (const wire of held) wire.uncork();
  };
}
