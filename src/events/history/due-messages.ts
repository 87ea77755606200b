import type { Clock } from '../../domain/clock.js';
import { insertSorted } from '../../domain/insert-sorted.js';

/** How many messages may wait, so that a flood of reads takes no more memory than this. */
const MAX_WAITING = 10_000;
/** How many conversations are handed over at a time, and messages of each. */
const MAX_GROUPS = 16;
export const MAX_GROUP_SIZE = 32;
/** From the end of one piece of work to the next: 200 ms. What gets due meanwhile is handed over together. */
const PAUSE_MS = 200;

interface Waiting<T> {
  readonly item: T;
  readonly dueAt: number;
}

/** What waits of one conversation, in order of `dueAt`; never empty. */
interface Group<T> {
  readonly conversationId: string;
  readonly waiting: Waiting<T>[];
}

/** Hands messages over once they are due, those of a conversation together, in order of `dueAt`: some conversations at a time, never in the middle of the caller's work. */
export class DueMessages<T> {
  readonly #groups = new Map<string, Group<T>>();
  /** All groups, in order of their first `dueAt`. */
  readonly #order: Group<T>[] = [];
  #count = 0;
  #timer: NodeJS.Timeout | null = null;
  /** The due time that the timer is set for: `Infinity` if it is not set, `-Infinity` in a pause. */
  #scheduledFor = Infinity;
  #working: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    private readonly clock: Clock,
    /** Called with messages that are due, by conversation, `MAX_GROUP_SIZE` of each at most. Must not reject. */
    private readonly handle: (groups: readonly (readonly T[])[]) => Promise<void>,
  ) {}

  /** `dueAt`: epoch milliseconds. Returns false if it is dropped: too many wait, or nothing is accepted any more. */
  add(conversationId: string, item: T, dueAt: number): boolean {
    if (this.#isClosed || this.#count >= MAX_WAITING) return false;
    this.#count += 1;
    const group = this.#groups.get(conversationId);
    if (group === undefined) this.#addGroup({ conversationId, waiting: [{ item, dueAt }] });
    else this.#addTo(group, { item, dueAt });
    this.#schedule(dueAt);
    return true;
  }

  /** Resolves when what is due has been handled; the rest is dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clearTimer();
    await (this.#working ?? this.#work());
  }

  #addGroup(group: Group<T>): void {
    this.#groups.set(group.conversationId, group);
    insertSorted(this.#order, group, firstDueAt);
  }

  #addTo(group: Group<T>, waiting: Waiting<T>): void {
    const isFirst = waiting.dueAt < firstDueAt(group);
    if (isFirst) this.#order.splice(this.#order.indexOf(group), 1);
    insertSorted(group.waiting, waiting, dueAtOf);
    if (isFirst) insertSorted(this.#order, group, firstDueAt);
  }

  #schedule(dueAt: number): void {
    if (this.#isClosed || this.#working !== null || dueAt >= this.#scheduledFor) return;
    this.#setTimer(dueAt, dueAt - this.clock(), () => void this.#work());
  }

  /** Nothing else is scheduled meanwhile. */
  #pause(): void {
    if (this.#isClosed) return;
    this.#setTimer(-Infinity, PAUSE_MS, () => {
      const [next] = this.#order;
      if (next !== undefined) this.#schedule(firstDueAt(next));
    });
  }

  #setTimer(scheduledFor: number, delayMs: number, run: () => void): void {
    this.#clearTimer();
    this.#scheduledFor = scheduledFor;
    this.#timer = setTimeout(
      () => {
        this.#clearTimer();
        run();
      },
      Math.max(0, delayMs),
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
      this.#pause();
    });
    return this.#working;
  }

  async #handleDue(): Promise<void> {
    for (let due = this.#takeDue(); due.length > 0; due = this.#takeDue()) await this.handle(due);
  }

  /** Removes the next messages that are due, by conversation. */
  #takeDue(): T[][] {
    const now = this.clock();
    let count = 0;
    while (count < MAX_GROUPS && isDue(this.#order[count], now)) count += 1;
    return this.#order.splice(0, count).map((group) => this.#takeFrom(group, now));
  }

  #takeFrom(group: Group<T>, now: number): T[] {
    const { conversationId, waiting } = group;
    let count = 0;
    while (count < MAX_GROUP_SIZE && (waiting[count]?.dueAt ?? Infinity) <= now) count += 1;
    const taken = waiting.splice(0, count);
    this.#count -= count;
    if (waiting.length === 0) this.#groups.delete(conversationId);
    else insertSorted(this.#order, group, firstDueAt);
    return taken.map(({ item }) => item);
  }
}

const dueAtOf = ({ dueAt }: Waiting<unknown>): number => dueAt;
const firstDueAt = ({ waiting }: Group<unknown>): number => waiting[0]?.dueAt ?? Infinity;
const isDue = (group: Group<unknown> | undefined, now: number): boolean => group !== undefined && firstDueAt(group) <= now;
