import type { Clock } from '../domain/clock.js';
import type { EnvelopeMismatch } from './check-envelope.js';
import type { WebhookLogger } from './log-outcome.js';
import type { WebhookOutcome } from './outcome.js';

/** While webhooks are refused for their time, they are reported once an hour. */
const REMIND_MS = 3_600_000;
/** And once a minute at most where some are refused and others are not: those were sent a second time by somebody else, say. */
const PAUSE_MS = 60_000;

export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly logger: WebhookLogger;
  /** How far the transmission time of a verified webhook may lie from now, in milliseconds. */
  readonly maxAgeMs: number;
  /** Called with how far our clock is ahead of the time at which the last verified webhook was sent. */
  readonly onDifference: (differenceMs: number) => void;
}

/** Reports webhooks that are refused for their time as what they show: one of two clocks is wrong. Each of them is refused then, so there is one line and not one for each. */
export class ClockWatch {
  #silentUntil = -Infinity;
  #reportedAt = -Infinity;
  #refused = 0;

  constructor(private readonly options: ClockWatchOptions) {}

  /**
   * Notes the time of a webhook whose signature is right.
   *
   * @param differenceMs from its transmission to now
   * @param mismatch why it is refused; null: it is not
   */
  note(differenceMs: number, mismatch: EnvelopeMismatch | null): void {
    this.options.onDifference(differenceMs);
    if (isOfTime(mismatch)) this.#refuse(differenceMs);
    else if (this.#refused > 0) this.#recover();
  }

  /** Whether this outcome is reported here, and needs no line of its own. */
  covers(outcome: WebhookOutcome): boolean {
    return outcome.kind === 'refused' && isOfTime(outcome.reason);
  }

  #refuse(differenceMs: number): void {
    this.#refused += 1;
    const now = this.options.clock();
    if (now < this.#silentUntil) return;
    this.#silentUntil = now + REMIND_MS;
    this.#reportedAt = now;
    const fields = {
      differenceSeconds: Math.round(differenceMs / 1_000),
      maxAgeSeconds: this.options.maxAgeMs / 1_000,
      refused: this.#refused,
    };
    this.options.logger.warn(
      fields,
      'webhooks refused for their transmission time: check the clock of this machine (clock skew), or old requests are being replayed',
    );
  }

  #recover(): void {
    this.options.logger.info({ refused: this.#refused }, 'webhooks accepted again: their transmission time is right');
    this.#refused = 0;
    this.#silentUntil = this.#reportedAt + PAUSE_MS;
  }
}

const isOfTime = (reason: string | null): boolean => reason === 'sent-too-long-ago' || reason === 'sent-in-the-future';
