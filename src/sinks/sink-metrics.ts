/** Where the figures of sinks go. */
export interface SinkMetrics {
  count(sink: string, outcome: SinkOutcome): void;
}

/** `delivered`: accepted by the receiver; `failed`: an attempt that is made again; `skipped`: not sent; `dead`: abandoned. */
export type SinkOutcome = 'delivered' | 'failed' | 'skipped' | 'dead';
export const SINK_OUTCOMES: readonly SinkOutcome[] = ['delivered', 'failed', 'skipped', 'dead'];

/** The figures of one sink at this gateway. */
export interface SinkGauges {
  readonly sink: string;
  /** Age of the oldest event that is not delivered, of the shards of this gateway, in seconds. */
  readonly lagSeconds: number;
  /** Events in memory that wait. */
  readonly pending: number;
  readonly shards: number;
  /** Of the sink as a whole, at the last renewal. */
  readonly deadLetters: number;
  readonly disabled: boolean;
}
