import type { EventLog } from '../events/port/event-log.js';

/** How long until a lost subscription is begun again, and how often the log is looked at in any case, in milliseconds. */
const RESUBSCRIBE_MS = 1_000;
const LOOK_MS = 5_000;

/** Says when the log may hold new events: one live subscription for all sinks. The events themselves are read from the log. */
export class News {
  #version = 0;
  #isClosed = false;
  readonly #listeners = new Set<() => void>();
  readonly #timer = setInterval(() => this.#announce(), LOOK_MS).unref();
  #end: () => void = () => undefined;

  constructor(private readonly log: Pick<EventLog, 'subscribe'>) {
    void this.#subscribe();
  }

  /** Rises with each event. */
  get version(): number {
    return this.#version;
  }

  onNews(listener: () => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#end();
  }

  async #subscribe(): Promise<void> {
    if (this.#isClosed) return;
    const again = () => {
      if (!this.#isClosed) setTimeout(() => void this.#subscribe(), RESUBSCRIBE_MS).unref();
    };
    try {
      const subscription = await this.log.subscribe('all', {});
      this.#end = () => void subscription.return();
      if (this.#hasClosed()) this.#end();
      subscription.pipeTo({
        write: () => {
          this.#announce();
          return null;
        },
        end: again,
      });
      // What was stored before it began.
      this.#announce();
    } catch {
      again();
    }
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }

  #announce(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}
