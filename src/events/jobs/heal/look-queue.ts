import type { Clock } from '../../../domain/clock.js';
import type { HealingMarks } from '../../port/healing-marks.js';
import type { ConversationHealing, HealConversation } from './heal-conversation.js';
import { retryDelayMs } from './timings.js';

/** Why a conversation is looked at. */
export type LookReason = 'gap' | 'listed' | 'quiet' | 'silence' | 'command';

export interface Look {
  readonly conversationId: string;
  readonly reason: LookReason;
  /** What has happened since then should have events. */
  readonly since: Date;
  /** As of `HealRequest`. */
  readonly isEnded?: boolean;
  /** A look that any gateway began at this time or later is enough. */
  readonly requestedAt: Date;
  /** Called once it is certain that nothing is missing any more, or that it cannot be found out. */
  readonly onSettled?: (healing: ConversationHealing | null) => void;
}

export interface LookQueueOptions {
  readonly heal: HealConversation;
  readonly marks: Pick<HealingMarks, 'claim' | 'release'>;
  /** Whether there may be anything to find; costs no upstream call. */
  readonly isWorthwhile: (look: Look) => Promise<boolean>;
  readonly clock: Clock;
  /** How many conversations are looked at in parallel. */
  readonly workers: number;
  /** How soon something that was too recent is looked at again, in milliseconds; longer each time. */
  readonly pendingMs: number;
  /** How soon a look that failed is repeated, longer each time; and how soon one that another gateway makes is asked for. */
  readonly retryMs: number;
  /** Nothing older is healed, in milliseconds: a look that fails for so long is abandoned. */
  readonly reachMs: number;
  readonly onLook: (look: Look, healing: ConversationHealing) => void;
  readonly onError: (error: unknown, look: Look) => void;
}

/** The time between questions for a look that another gateway makes, or is to repeat, doubles so often, up to 40 s by default. */
const MAX_BUSY_DOUBLINGS = 3;
/** What stays uncertain is looked at so often. */
const MAX_PENDING = 6;

interface Task {
  look: Look;
  readonly settled: NonNullable<Look['onSettled']>[];
  failures: number;
  pending: number;
  /** How often it was asked for while another gateway had it. */
  busy: number;
  /** Since it was taken from the queue, it was asked for again. */
  isRenewed: boolean;
}

/** Looks at conversations in the order in which that was asked for, each once at a time, and once for all gateways of the log. */
export class LookQueue {
  readonly #tasks = new Map<string, Task>();
  readonly #waiting: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #workers = new Set<Promise<void>>();
  readonly #claimed = new Set<string>();
  #isClosed = false;

  constructor(private readonly options: LookQueueOptions) {}

  /** How many conversations are still to be looked at. */
  get size(): number {
    return this.#tasks.size;
  }

  add(look: Look): void {
    if (this.#isClosed) return;
    const task = this.#tasks.get(look.conversationId);
    if (task === undefined) {
      const settled = look.onSettled === undefined ? [] : [look.onSettled];
      this.#tasks.set(look.conversationId, { look, settled, failures: 0, pending: 0, busy: 0, isRenewed: false });
      this.#enqueue(look.conversationId);
      return;
    }
    task.look = merged(task.look, look);
    task.isRenewed = true;
    if (look.onSettled !== undefined) task.settled.push(look.onSettled);
  }

  /** Resolves once the looks in progress have ended, and their claims. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#tasks.clear();
    this.#waiting.length = 0;
    await Promise.all(this.#workers);
  }

  /** Ends the claims of looks that have not ended in time, so that they hold up no other gateway. */
  async releaseClaims(): Promise<void> {
    await Promise.all([...this.#claimed].map((conversationId) => this.#release(conversationId, null)));
  }

  #enqueue(conversationId: string): void {
    this.#waiting.push(conversationId);
    if (this.#workers.size >= this.options.workers) return;
    const worker = this.#work().finally(() => this.#workers.delete(worker));
    this.#workers.add(worker);
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const task = this.#tasks.get(next);
      if (task !== undefined) await this.#look(task);
    }
  }

  async #look(task: Task): Promise<void> {
    task.isRenewed = false;
    const { look } = task;
    const outcome = await this.#attempt(task).catch((error: unknown) => {
      if (!this.#isClosed) this.options.onError(error, look);
      return 'failed' as const;
    });
    if (outcome === 'busy') {
      this.#later(task, this.options.retryMs * 2 ** Math.min(task.busy, MAX_BUSY_DOUBLINGS));
      task.busy += 1;
    } else if (outcome === 'failed') {
      if (this.options.clock() - look.requestedAt.getTime() > this.options.reachMs) this.#settle(task, null);
      else this.#later(task, retryDelayMs(this.options.retryMs, task.failures));
      task.failures += 1;
    } else if (outcome !== null && this.#isToRepeat(task, outcome)) {
      const delayMs = this.#repeatDelay(task);
      task.pending += 1;
      task.look = { ...task.look, requestedAt: new Date(this.options.clock() + delayMs) };
      this.#later(task, delayMs);
    } else if (this.#isRenewed(task)) this.#enqueue(look.conversationId);
    else this.#settle(task, outcome);
  }

  #isToRepeat(task: Task, { isPending }: ConversationHealing): boolean {
    return isPending && task.pending < MAX_PENDING;
  }

  #repeatDelay({ pending }: Task): number {
    return this.options.pendingMs * 2 ** pending;
  }

  /** Asked anew: it may have been asked for again during the look. */
  #isRenewed(task: Task): boolean {
    return task.isRenewed;
  }

  /** Returns null if another gateway has looked, or there is nothing to look for. */
  async #attempt(task: Task): Promise<ConversationHealing | 'busy' | null> {
    const { marks, heal, isWorthwhile, clock, onLook } = this.options;
    const { look } = task;
    const { conversationId, since, isEnded = false } = look;
    const isWorth = await isWorthwhile(look);
    if (!isWorth && !isEnded) return null;
    const began = new Date(clock());
    const claim = await marks.claim(conversationId, look.requestedAt, began);
    if (claim !== 'claimed') return claim === 'done' ? null : 'busy';
    this.#claimed.add(conversationId);
    let lookedAt: Date | null = null;
    let repeatedInMs = 0;
    try {
      const healing = await heal(conversationId, { since, isEnded: isEnded && (look.reason !== 'gap' || !isWorth) });
      if (this.#isToRepeat(task, healing)) repeatedInMs = this.#repeatDelay(task);
      else lookedAt = began;
      onLook(look, healing);
      return healing;
    } finally {
      await this.#release(conversationId, lookedAt, repeatedInMs);
    }
  }

  /** If it fails, the claim lapses. */
  async #release(conversationId: string, lookedAt: Date | null, repeatedInMs = 0): Promise<void> {
    if (!this.#claimed.delete(conversationId)) return;
    await this.options.marks.release(conversationId, lookedAt, repeatedInMs).catch(() => undefined);
  }

  #later({ look }: Task, delayMs: number): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#enqueue(look.conversationId);
    }, delayMs).unref();
    this.#timers.add(timer);
  }

  #settle({ look, settled }: Task, healing: ConversationHealing | null): void {
    this.#tasks.delete(look.conversationId);
    for (const onSettled of settled) onSettled(healing);
  }
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);

/** One look for two requests: a complete one, unless neither asks for it. Of a gap's, it is not known yet whether it is worthwhile; if not, that of an ended conversation remains. */
function merged(one: Look, other: Look): Look {
  const common = { since: earlier(one.since, other.since), requestedAt: later(one.requestedAt, other.requestedAt) };
  if (one.reason === 'gap' && other.isEnded === true) return { ...one, ...common, isEnded: true };
  return { ...other, ...common, isEnded: one.isEnded === true && other.isEnded === true };
}
