import { UpstreamTimeoutError } from '../../domain/errors.js';
import { withTimeout } from '../../domain/with-timeout.js';
import type { ChatApi } from '../chat-api.js';

/** Limits the time that one request may wait for the upstream, over all its calls. */
export class Deadline {
  readonly #at: number;
  /** Set by the timer, which may fire up to a millisecond early: once it has, the deadline is over. */
  #isOver = false;

  constructor(inMs: number) {
    this.#at = performance.now() + inMs;
  }

  /** The result of `work`. Rejects with `UpstreamTimeoutError` at the deadline, and without a call after it. A call in flight ends by its own timeout. */
  within<T>(work: () => Promise<T>): Promise<T> {
    const leftMs = this.#at - performance.now();
    if (this.#isOver || leftMs <= 0) return Promise.reject(tooLate());
    return withTimeout(leftMs, work(), () => {
      this.#isOver = true;
      return tooLate();
    });
  }
}

/** The same API, each call of which ends by the deadline: for reads. Whoever changes something has to wait for what becomes of it. */
export function readsWithin(api: ChatApi, deadline: Deadline): ChatApi {
  return new Proxy(api, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => deadline.within(() => Reflect.apply(member, target, args) as Promise<unknown>);
    },
  });
}

const tooLate = () =>
  new UpstreamTimeoutError('The contact centre did not answer in time.', { cause: new Error('the time of the whole request is over') });
