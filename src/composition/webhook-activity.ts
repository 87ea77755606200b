import type { Clock } from '../domain/clock.js';
import type { WebhookActivity } from '../transport/explorer/gateway-status.js';
import type { WebhookOutcome } from '../webhooks/outcome.js';

const ACCEPTED: ReadonlySet<WebhookOutcome['kind']> = new Set(['stored', 'duplicate', 'published', 'endpoint-verified']);

const EVENTS: ReadonlySet<WebhookOutcome['kind']> = new Set(['stored', 'duplicate', 'published']);

/** Counts webhook requests since the start, and remembers the last ones, for the start page. */
export class WebhookActivityMonitor {
  #accepted = 0;
  #rejected = 0;
  #lastAt: Date | null = null;
  #lastEventAt: Date | null = null;
  #lastRejection: string | null = null;
  #lastEvent: WebhookActivity['lastEvent'] = null;

  constructor(private readonly clock: Clock) {}

  /** When the last event was accepted; null before the first. */
  get lastAcceptedAt(): Date | null {
    return this.#lastEventAt;
  }

  get snapshot(): WebhookActivity {
    return {
      accepted: this.#accepted,
      rejected: this.#rejected,
      lastAt: this.#lastAt,
      lastRejection: this.#lastRejection,
      lastEvent: this.#lastEvent,
    };
  }

  record(outcome: WebhookOutcome): void {
    this.#lastAt = new Date(this.clock());
    if (EVENTS.has(outcome.kind)) this.#lastEventAt = this.#lastAt;
    if ('event' in outcome) this.#lastEvent = { type: outcome.event.type, receivedAt: outcome.event.receivedAt };
    if (ACCEPTED.has(outcome.kind)) {
      this.#accepted += 1;
      return;
    }
    this.#rejected += 1;
    this.#lastRejection = 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind;
  }
}
