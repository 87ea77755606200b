import type { RequestBytes } from './bytes-in-flight.js';
import { errorOfAnswer, parsedJson, unreadable } from './upstream-errors.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** What a read was answered, for all who share it: parsed once, by the first who may hold it. */
export class ReadAnswer {
  #text: string;
  #body: unknown;
  readonly #holders = new Set<RequestBytes>();
  readonly #length: number;

  private constructor(text: string) {
    this.#text = text;
    this.#length = text.length;
  }

  /**
   * Throws the error that the upstream answers with, or `UpstreamUnavailableError` if it is not JSON; the latter only later if `first`, who reads first, may not hold the answer, or is not
   * admitted to it yet.
   */
  static of(answer: UpstreamAnswer, first: RequestBytes | null, isAdmitted = true): ReadAnswer | null {
    if (answer.status === 404) return null;
    const error = errorOfAnswer(answer, false);
    if (error !== null) throw error;
    const read = new ReadAnswer(answer.text);
    if (isAdmitted && (first === null || first.rejection(read.#length) === null)) read.#parsed();
    return read;
  }

  /** The JSON value. `holder` is the request that it is counted for, null for none. Throws as `RequestBytes.hold` does. */
  bodyFor(holder: RequestBytes | null): unknown {
    if (holder !== null && !this.#holders.has(holder)) {
      holder.hold(this.#length);
      this.#holders.add(holder);
    }
    return this.#parsed();
  }

  #parsed(): unknown {
    if (this.#body !== undefined) return this.#body;
    const body = parsedJson(this.#text) ?? null;
    if (body === null) throw unreadable('no JSON');
    this.#text = '';
    this.#body = body;
    return body;
  }
}
