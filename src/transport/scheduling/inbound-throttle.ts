import type { Duplex } from 'node:stream';

/** How many pieces are made something of before everything else that has come in is looked at. */
const AT_ONCE = 64;
/** How many pieces of one socket may wait before no more is read of it. */
const MAX_WAITING = 2;

type Push = (chunk: unknown) => boolean;

interface Waiting {
  readonly chunks: unknown[];
  /** The socket's own. */
  readonly push: Push;
}

/**
 * Takes in what comes from many sockets a little at a time. Node reads all that thousands of clients have sent in the same moment before it looks at anything else: what is
 * read is only put aside here meanwhile, and decoded a little at a time. What comes from one socket stays in order, its end included. Nothing waits as long as little comes in.
 */
export class InboundThrottle {
  #left = AT_ONCE;
  #waiting: Waiting[] = [];
  #isRenewed = false;

  /** Has what is read from a socket wait where much comes in. */
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
