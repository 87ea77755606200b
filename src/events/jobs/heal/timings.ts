/** When gaps are looked for; all in milliseconds. */
export interface HealTimings {
  /** How often a heartbeat is written to the log. */
  readonly beatMs: number;
  /** How often it is looked whether a followed conversation is quiet, and whether webhooks are silent. */
  readonly tickMs: number;
  /** How long an open conversation that somebody follows is quiet before it is looked at; twice as long each time, up to `maxQuietMs`. */
  readonly quietMs: number;
  readonly maxQuietMs: number;
  /** How long no webhook arrives before that is reported, and open conversations are looked at; twice as long each time, up to `maxSilenceMs`. */
  readonly silenceMs: number;
  readonly maxSilenceMs: number;
  /** How long before a gap a conversation must have been active to be looked at though it is not open. */
  readonly activeMs: number;
  /** How soon a failed look is repeated; longer each time. */
  readonly retryMs: number;
}

export const HEAL_TIMINGS: HealTimings = {
  beatMs: 60_000,
  tickMs: 15_000,
  quietMs: 120_000,
  maxQuietMs: 900_000,
  silenceMs: 600_000,
  maxSilenceMs: 3_600_000,
  activeMs: 900_000,
  retryMs: 5_000,
};

/** The time between repetitions of what fails doubles so often, up to 11 min by default. */
const MAX_DOUBLINGS = 7;

/** How long to wait after a failure that so many went before, in milliseconds. */
export const retryDelayMs = (retryMs: number, failures: number): number => retryMs * 2 ** Math.min(failures, MAX_DOUBLINGS);
