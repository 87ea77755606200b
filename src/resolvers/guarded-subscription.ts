import { noSuchConversation } from '../context.js';
import type { Delivery, EventRights, RequestContext, Verdict } from '../context.js';

/** A subscription's deliveries for as long as the viewer may have them: each is looked at before it is handed out. */
export class GuardedSubscription implements AsyncIterableIterator<Delivery> {
  readonly #source: AsyncIterator<Delivery>;

  constructor(
    source: AsyncIterable<Delivery>,
    private readonly rights: EventRights,
    private readonly context: RequestContext,
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<Delivery>> {
    const next = await this.#source.next();
    if (next.done === true) return next;
    const verdict = this.rights.on(next.value.event);
    return verdict === 'YES' ? next : this.#judged(next, verdict);
  }

  async return(): Promise<IteratorResult<Delivery>> {
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #judged(next: IteratorResult<Delivery>, asked: Verdict | Promise<Verdict>): Promise<IteratorResult<Delivery>> {
    try {
      const verdict = await asked;
      if (verdict === 'YES') return next;
      throw verdict === 'EXPIRED' ? this.context.expired() : noSuchConversation();
    } catch (error) {
      await this.#source.return?.();
      throw error;
    }
  }
}
