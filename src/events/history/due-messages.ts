import type { Clock } from '../../domain/clock.js';

/** How many may wait, so that a flood of reads takes no more memory than this. */
const MAX_WAITING = 10_000;
/** How many are handed over at a time. */
const BATCH = 32;

interface Waiting<T> {
  readonly item: T;
  readonly dueAt: number;
}

/** Hands items over once they are due, those that are due first: a batch at a time, never in the middle of the caller's work. */
export class DueMessages<T> {
  readonly #waiting: Waiting<T>[] = [];
  /** Whether `#waiting` is in order of `dueAt`. Nearly all arrive in it. */
  #isSorted = true;
  #timer: NodeJS.Timeout | null = null;
  #scheduledFor = Infinity;
  #working: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    private readonly clock: Clock,
    /** Must not reject. */
    private readonly handle: (items: readonly T[]) => Promise<void>,
  ) {}

  /** `dueAt`: epoch milliseconds. Returns false if it is dropped: too many wait, or nothing is accepted any more. */
  add(item: T, dueAt: number): boolean {
    if (this.#isClosed || this.#waiting.length >= MAX_WAITING) return false;
    this.#isSorted &&= (this.#waiting.at(-1)?.dueAt ?? -Infinity) <= dueAt;
    this.#waiting.push({ item, dueAt });
    this.#schedule(dueAt);
    return true;
  }

  /** Resolves when what is due has been handled; the rest is dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clearTimer();
    await (this.#working ?? this.#work());
  }

  #schedule(dueAt: number): void {
    if (this.#isClosed || this.#working !== null || dueAt >= this.#scheduledFor) return;
    this.#clearTimer();
    this.#scheduledFor = dueAt;
    this.#timer = setTimeout(
      () => {
        this.#clearTimer();
        void this.#work();
      },
      Math.max(0, dueAt - this.clock()),
    );
    this.#timer.unref();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#scheduledFor = Infinity;
  }

  #work(): Promise<void> {
    this.#working ??= this.#handleDue().finally(() => {
      this.#working = null;
      this.#sort();
      this.#schedule(this.#waiting[0]?.dueAt ?? Infinity);
    });
    return this.#working;
  }

  async #handleDue(): Promise<void> {
    for (let due = this.#takeDue(); due.length > 0; due = this.#takeDue()) await this.handle(due.map(({ item }) => item));
  }

  /** Removes the next batch of what is due. */
  #takeDue(): Waiting<T>[] {
    this.#sort();
    const now = this.clock();
    let count = 0;
    while (count < BATCH && (this.#waiting[count]?.dueAt ?? Infinity) <= now) count += 1;
    return this.#waiting.splice(0, count);
  }

  #sort(): void {
    if (!this.#isSorted) this.#waiting.sort((a, b) => a.dueAt - b.dueAt);
    this.#isSorted = true;
  }
}
