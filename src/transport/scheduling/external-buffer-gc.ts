import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** After so many bytes have been streamed, their buffers are swept: 4 MiB. */
const SWEEP_EVERY_BYTES = 4_194_304;

type Collect = (options: { type: 'minor' }) => void;

/**
 * Keeps dead buffers from piling up. Each piece of a stream is a buffer outside of the heap, dead as soon as it has been written on; V8 counts only on its young
 * generation to fill up before it frees them, and lets 32 MB of them stand until then. A minor collection takes about a millisecond.
 */
export class ExternalBufferGc {
  #collect: Collect | null = null;
  #bytes = 0;

  /** So many bytes have gone through. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < SWEEP_EVERY_BYTES) return;
    this.#bytes = 0;
    this.#collect ??= collector();
    this.#collect({ type: 'minor' });
  }
}

/** V8's own collector, which only contexts made after the flag was set can see. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
