import { ExportResultCode } from '@opentelemetry/core';
import type { ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Context } from '@opentelemetry/api';
import { TraceFlags } from '@opentelemetry/api';
import type { Logger } from '../logger.js';

export type Signal = 'traces' | 'metrics';

/** Why spans were lost. */
export type LossReason = 'queue_full' | 'export_failed';

export interface ExportReports {
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly onLost: (reason: LossReason, count: number) => void;
}

/** Counts what does not reach the collector, and logs once when that begins and once when it is over. */
export class ExportMonitor {
  #reports: ExportReports | null = null;
  readonly #failing = new Set<Signal>();
  /** Since when it was logged that spans are dropped, until nothing is dropped from one export to the next. */
  #isDropping = false;
  #droppedSinceExport = false;
  /** Ended spans that are not with the exporter yet. */
  #queued = 0;

  reportTo(reports: ExportReports): void {
    this.#reports = reports;
  }

  /** Hands spans on, and drops those that end while the queue is full. The queue behind must be as long, or it drops some itself, uncounted. */
  bounded(processor: SpanProcessor, queueSize: number): SpanProcessor {
    return {
      onStart: (span: Span, context: Context) => processor.onStart(span, context),
      onEnd: (span: ReadableSpan) => {
        if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
        if (this.#queued >= queueSize) {
          this.#drop();
          return;
        }
        this.#queued += 1;
        processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    };
  }

  /** Watches the exports of spans. */
  spans(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#queued -= spans.length;
        if (!this.#droppedSinceExport) this.#isDropping = false;
        this.#droppedSinceExport = false;
        exporter.export(spans, (result) => {
          if (this.#note('traces', result)) this.#reports?.onLost('export_failed', spans.length);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }

  /** Watches the exports of metrics. */
  metrics(exporter: PushMetricExporter): PushMetricExporter {
    return {
      export: (metrics, done) =>
        exporter.export(metrics, (result) => {
          this.#note('metrics', result);
          done(result);
        }),
      forceFlush: () => exporter.forceFlush(),
      shutdown: () => exporter.shutdown(),
    };
  }

  #drop(): void {
    this.#reports?.onLost('queue_full', 1);
    this.#droppedSinceExport = true;
    if (this.#isDropping) return;
    this.#isDropping = true;
    if (!this.#failing.has('traces')) this.#reports?.logger.warn({}, 'telemetry: queue full, spans are dropped');
  }

  /** True if it failed. The error's own message is not logged: it may hold what the collector answered. */
  #note(signal: Signal, { code, error }: ExportResult): boolean {
    const failed = code === ExportResultCode.FAILED;
    if (failed === this.#failing.has(signal)) return failed;
    if (failed) {
      this.#failing.add(signal);
      const { code: reason } = (error ?? {}) as { code?: unknown };
      this.#reports?.logger.warn({ signal, reason: reason ?? error?.name }, 'telemetry: export failed');
    } else {
      this.#failing.delete(signal);
      this.#reports?.logger.info({ signal }, 'telemetry: export works again');
    }
    return failed;
  }
}
