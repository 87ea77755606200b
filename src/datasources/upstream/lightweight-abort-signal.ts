/** LATE: the call's own time is over. SILENT: nothing at all comes from the upstream. */
export type Reason = 'LATE' | 'SILENT';

/**
 * Signals a call that nobody waits for its answer any more. What axios asks of an `AbortSignal`, without the event target behind one: each call makes one, and hardly any is
 * used.
 */
export class CallAbort {
  #reason: Reason | null = null;
  #listeners: (() => void)[] | null = null;

  get aborted(): boolean {
    return this.#reason !== null;
  }

  /** The first one given; null while the answer is waited for. */
  get reason(): Reason | null {
    return this.#reason;
  }

  /** Calls who listens; once. */
  abort(reason: Reason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const listeners = this.#listeners ?? [];
    this.#listeners = null;
    for (const listener of listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    (this.#listeners ??= []).push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners?.filter((one) => one !== listener) ?? null;
  }
}
