import type { NewId } from './random-id.js';
import type { Journal } from './state/journal.js';
import type { SavedRecord } from './state/state-file.js';
import type { Timers } from './timers.js';

/** What an agent is about to write. */
export type Line =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'handover'; readonly queueId: string }
  | { readonly kind: 'file' }
  | { readonly kind: 'farewell' };

/** What is to happen later, by kind: as data, so that it happens after a restart as well. */
export interface Tasks {
  /** A pending interaction starts. */
  readonly route: { readonly conversationId: string; readonly interactionId: string };
  /** An agent of the queue accepts. */
  readonly accept: { readonly conversationId: string; readonly queueId: string };
  /** An agent starts to type. */
  readonly type: { readonly conversationId: string; readonly agentId: string; readonly line: Line };
  /** An agent writes. */
  readonly write: { readonly conversationId: string; readonly agentId: string; readonly line: Line };
}

interface Scheduled {
  /** Epoch milliseconds. */
  readonly dueAt: number;
  readonly kind: string;
  readonly task: unknown;
}

export interface ScheduleOptions {
  readonly timers: Timers;
  readonly clock: () => number;
  readonly newId: NewId;
  readonly journal: Journal;
}

/** Runs tasks when they are due, each once: it leaves the journal in the step that carries it out. */
export class Schedule {
  readonly #handlers = new Map<string, (task: unknown) => void>();

  constructor(private readonly options: ScheduleOptions) {}

  /** Carries out the tasks of a kind. */
  handle<K extends keyof Tasks>(kind: K, run: (task: Tasks[K]) => void): void {
    this.#handlers.set(kind, (task) => {
      run(task as Tasks[K]);
    });
  }

  after<K extends keyof Tasks>(delayMs: number, kind: K, task: Tasks[K]): void {
    const { clock, newId, journal } = this.options;
    const id = newId();
    const scheduled: Scheduled = { dueAt: clock() + delayMs, kind, task };
    journal.note('task', id, () => ({ value: scheduled }));
    this.#run(id, scheduled, delayMs);
  }

  /** Goes on with tasks of an earlier process; what was due in the meantime runs now. */
  restore(saved: readonly SavedRecord[]): void {
    for (const { id, value } of saved) {
      const scheduled = value as Scheduled;
      this.#run(id, scheduled, Math.max(0, scheduled.dueAt - this.options.clock()));
    }
  }

  #run(id: string, { kind, task }: Scheduled, delayMs: number): void {
    this.options.timers.after(delayMs, () => {
      this.options.journal.forget('task', id);
      this.#handlers.get(kind)?.(task);
    });
  }
}
