import type { Duplex } from 'node:stream';

/** How many chunks are decoded per event-loop tick. */
const AT_ONCE = 64;
/** How many chunks of one socket may wait before reading from it pauses. */
const MAX_WAITING = 2;

type Push = (chunk: unknown) => boolean;

interface Waiting {
  readonly chunks: unknown[];
  /** The socket's own. */
  readonly push: Push;
}

/**
 * Decodes what arrives from many sockets a few chunks per event-loop tick. Node reads everything that thousands of clients have sent before it does anything else; chunks are
 * queued here meanwhile. The chunks of one socket stay in order, its end included. Nothing waits while little arrives.
 *
 * - Replaces: `push` of each socket, by which Node's `net` hands what it has read to the stream.
 * - Gain: p99 of live events while 10,000 clients resume, 45 to 150 ms with it and 128 to 157 without (docs/adr/0008-where-the-time-goes.md).
 * - Knows: that `net` of Node 20 to 26 calls `push` of the socket for each chunk and for the end, and stops reading when it returns false.
 * - Without it: drop the call of `attach`; only latency under such a burst changes.
 */
export class InboundThrottle {
  #left = AT_ONCE;
  #waiting: Waiting[] = [];
  #isRenewed = false;

  /** Queues the chunks of a socket when many arrive. */
  attach(wire: Duplex): void {
    const push = wire.push.bind(wire) as Push;
    const waiting: Waiting = { chunks: [], push };
    wire.push = (chunk: unknown) => {
      if (waiting.chunks.length === 0 && this.#hasBudget()) return push(chunk);
      waiting.chunks.push(chunk);
      this.#waiting.push(waiting);
      return waiting.chunks.length < MAX_WAITING;
    };
  }

  #hasBudget(): boolean {
    if (!this.#isRenewed) {
      this.#isRenewed = true;
      setImmediate(this.#refill);
    }
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  readonly #refill = (): void => {
    this.#left = AT_ONCE;
    for (const { chunks, push } of this.#waiting.splice(0, AT_ONCE)) push(chunks.shift());
    this.#isRenewed = this.#waiting.length > 0;
    if (this.#isRenewed) setImmediate(this.#refill);
  };
}
