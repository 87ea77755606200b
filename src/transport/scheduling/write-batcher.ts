import type { Writable } from 'node:stream';

/** How many sockets may be corked: preparing their messages takes less than a millisecond. */
const MAX_HELD = 64;

/**
 * Writes the messages of one event-loop tick at its end: one write per socket, all sockets in a row. A write that wakes a sleeping reader costs up to twice as much as one
 * to a running reader; a process that reads many of these sockets, such as a proxy, sleeps again between events that are written one by one.
 */
export class WriteBatcher {
  #held: Writable[] = [];

  /** Corks a socket until the end of the tick. Order of writes is kept. */
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
