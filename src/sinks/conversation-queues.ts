import type { Entry } from './shard.js';
import type { AttemptThrottle } from './attempt-throttle.js';

export interface ConversationQueuesOptions {
  /** Makes an attempt. Resolves to null once the event is settled, or to the delay in milliseconds until the next attempt. Never rejects. */
  readonly attempt: (entry: Entry) => Promise<number | null>;
  /** How many attempts may be in flight now; 0 for none. */
  readonly limit: () => number;
  readonly throttle: AttemptThrottle;
}

/** Delivers events one after the other in each conversation, and several conversations at a time. */
export class ConversationQueues {
  readonly #byConversation = new Map<string, Entry[]>();
  /** Whose turn it is: the first of their conversations. */
  #ready: Entry[] = [];
  readonly #delayed = new Map<Entry, NodeJS.Timeout>();
  #inFlight = 0;
  #isClosed = false;
  #onIdle: (() => void) | null = null;
  readonly #again = () => this.run();

  constructor(private readonly options: ConversationQueuesOptions) {}

  push(entry: Entry): void {
    const key = entry.stored.event.conversationId ?? '';
    const queue = this.#byConversation.get(key);
    if (queue !== undefined) {
      queue.push(entry);
      return;
    }
    this.#byConversation.set(key, [entry]);
    this.#ready.push(entry);
    this.run();
  }

  /** Starts what may be started: call it when `limit` has risen. */
  run(): void {
    while (!this.#isClosed && this.#inFlight < this.options.limit()) {
      if (this.#ready.length === 0 || !this.options.throttle.tryStart(this.#again)) return;
      const entry = this.#ready.shift();
      if (entry === undefined) return;
      if (entry.shard.isHeld) void this.#attempt(entry);
      else this.#next(entry);
    }
  }

  /** Ends all delays. */
  retryNow(): void {
    for (const [entry, timer] of this.#delayed) {
      clearTimeout(timer);
      this.#ready.push(entry);
    }
    this.#delayed.clear();
    this.run();
  }

  /** Starts nothing any more; resolves when nothing is in flight. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#inFlight === 0) resolve();
    });
  }

  async #attempt(entry: Entry): Promise<void> {
    this.#inFlight += 1;
    entry.shard.inFlight += 1;
    const delayMs = await this.options.attempt(entry);
    entry.shard.inFlight -= 1;
    this.#inFlight -= 1;
    if (delayMs === null) this.#next(entry);
    else if (!this.#isClosed) this.#delay(entry, delayMs);
    if (this.#inFlight === 0) this.#onIdle?.();
    this.run();
  }

  #delay(entry: Entry, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#delayed.delete(entry);
      this.#ready.push(entry);
      this.run();
    }, delayMs);
    this.#delayed.set(entry, timer);
  }

  /** The conversation's next event. */
  #next(entry: Entry): void {
    const key = entry.stored.event.conversationId ?? '';
    const queue = this.#byConversation.get(key) ?? [];
    queue.shift();
    const [next] = queue;
    if (next === undefined) this.#byConversation.delete(key);
    else this.#ready.push(next);
  }
}
