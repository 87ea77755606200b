import type { UpstreamCallReport } from '../datasources/upstream/upstream-call.js';
import type { Clock } from '../domain/clock.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { UpstreamHealth } from '../transport/http/health.js';

/** Logs the upstream calls that failed and remembers the last outcomes. */
export class UpstreamHealthMonitor {
  #lastSuccessAt: Date | null = null;
  #lastFaultAt: Date | null = null;
  #lastFaultReason: string | null = null;

  constructor(
    private readonly logger: Logger,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  get snapshot(): Omit<UpstreamHealth, 'circuitOpen'> {
    return { lastSuccessAt: this.#lastSuccessAt, lastFaultAt: this.#lastFaultAt, lastFaultReason: this.#lastFaultReason };
  }

  record(report: UpstreamCallReport): void {
    this.metrics.upstreamCalls.observe({ operation: report.operation, outcome: report.fault ?? 'OK' }, report.durationMs / 1_000);
    // A rejection is an answer: the upstream is healthy.
    const isWell = report.fault === null || report.fault === 'UPSTREAM_REJECTED' || report.fault === 'NOT_FOUND';
    if (isWell) this.#lastSuccessAt = new Date(this.clock());
    else this.#noteFault(report);
    const fields = { ...report, durationMs: Math.round(report.durationMs) };
    if (isWell) this.logger[report.fault === null ? 'debug' : 'info'](fields, 'upstream call');
    else this.logger[report.called ? 'warn' : 'debug'](fields, 'upstream call failed');
  }

  /** A call that was not sent failed for the reason of those before it. */
  #noteFault({ called, reason, fault }: UpstreamCallReport): void {
    this.#lastFaultAt = new Date(this.clock());
    if (called) this.#lastFaultReason = reason ?? fault;
  }
}
