import type { Clock } from '../domain/clock.js';
import type { EnvelopeMismatch } from './check-envelope.js';
import type { WebhookLogger } from './log-outcome.js';
import type { WebhookOutcome } from './outcome.js';

/** How often webhooks that are rejected for their transmission time are reported while that lasts. */
const REPEAT_MS = 3_600_000;
/** How often at most if some are rejected and others are not, as when old requests are replayed. */
const MIN_INTERVAL_MS = 60_000;

export interface ClockWatchOptions {
  readonly clock: Clock;
  readonly logger: WebhookLogger;
  /** How far the transmission time of an authenticated webhook may be from now, in milliseconds. */
  readonly maxAgeMs: number;
  /** Called with how far this machine's clock is ahead of the transmission time, for each authenticated webhook. */
  readonly onDifference: (differenceMs: number) => void;
}

/** Reports clock skew: while one of the two clocks is wrong, every webhook is rejected for its transmission time, and one line stands for all. */
export class ClockWatch {
  #nextReportAt = -Infinity;
  #reportedAt = -Infinity;
  #rejected = 0;

  constructor(private readonly options: ClockWatchOptions) {}

  /**
   * Records the transmission time of an authenticated webhook.
   *
   * @param differenceMs from its transmission to now
   * @param mismatch why it is rejected; null if it is not
   */
  note(differenceMs: number, mismatch: EnvelopeMismatch | null): void {
    this.options.onDifference(differenceMs);
    if (isClockSkew(mismatch)) this.#reportSkew(differenceMs);
    else if (this.#rejected > 0) this.#reportRecovery();
  }

  /** Whether this outcome is reported here, so that it needs no log line of its own. */
  covers(outcome: WebhookOutcome): boolean {
    return outcome.kind === 'refused' && isClockSkew(outcome.reason);
  }

  #reportSkew(differenceMs: number): void {
    this.#rejected += 1;
    const now = this.options.clock();
    if (now < this.#nextReportAt) return;
    this.#nextReportAt = now + REPEAT_MS;
    this.#reportedAt = now;
    const fields = {
      differenceSeconds: Math.round(differenceMs / 1_000),
      maxAgeSeconds: this.options.maxAgeMs / 1_000,
      rejected: this.#rejected,
    };
    this.options.logger.warn(
      fields,
      "webhooks rejected for their transmission time: check this machine's clock (clock skew), or old requests are being replayed",
    );
  }

  #reportRecovery(): void {
    this.options.logger.info({ rejected: this.#rejected }, 'webhooks accepted again: both clocks agree');
    this.#rejected = 0;
    this.#nextReportAt = this.#reportedAt + MIN_INTERVAL_MS;
  }
}

const isClockSkew = (reason: string | null): boolean => reason === 'sent-too-long-ago' || reason === 'sent-in-the-future';
