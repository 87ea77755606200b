import type { FailureKind } from './failure.js';

/** Where the figures of sinks go. */
export interface SinkMetrics {
  count(sink: string, outcome: SinkOutcome): void;
  /** Counts a failed attempt by its cause. */
  countFailure(sink: string, kind: FailureKind): void;
}

/** `delivered`: accepted by the receiver; `failed`: an attempt that is made again; `skipped`: not sent; `dead`: abandoned. */
export type SinkOutcome = 'delivered' | 'failed' | 'skipped' | 'dead';
export const SINK_OUTCOMES: readonly SinkOutcome[] = ['delivered', 'failed', 'skipped', 'dead'];
