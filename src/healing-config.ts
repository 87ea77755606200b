import type { EnvReader } from './env-reader.js';

/** What is looked for in the upstream's lists, since no webhook reported it. */
export interface HealingSettings {
  /** How long an event may be on its way before it counts as missing, in milliseconds. Null if nothing is healed. */
  readonly afterMs: number | null;
  /**
   * How many upstream calls the search for gaps may make per second, all gateways over one log together; 0: none, only what queries read is
   * healed.
   */
  readonly callsPerSecond: number;
}

const MAX_SECONDS = 3_600;

/** Reads `HEAL_AFTER_SECONDS` and `HEAL_CALLS_PER_SECOND`. Errors are added to `read`. */
export function readHealing(read: EnvReader): HealingSettings {
  return { afterMs: readAfter(read), callsPerSecond: read.decimal('HEAL_CALLS_PER_SECOND', 2, 0, 100) };
}

function readAfter(read: EnvReader): number | null {
  const value = read.text('HEAL_AFTER_SECONDS', '30');
  const seconds = value === 'off' ? 0 : /^\d{1,4}$/.test(value) ? Number(value) : NaN;
  if (seconds >= 0 && seconds <= MAX_SECONDS) return seconds === 0 ? null : seconds * 1_000;
  read.addError('HEAL_AFTER_SECONDS', `must be a whole number of seconds from 0 to ${MAX_SECONDS}, or off`);
  return null;
}
