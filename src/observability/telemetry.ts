import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { NO_TRACING } from './tracing.js';
import type { Tracing } from './tracing.js';

/** Where and how one signal is exported. */
export interface ExporterSettings {
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly compression: 'gzip' | 'none';
}

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** What is exported by OTLP; read from the standard `OTEL_…` variables. */
export interface TelemetrySettings {
  readonly resource: Readonly<Record<string, string>>;
  /** Null if not exported. */
  readonly traces: (ExporterSettings & TraceSettings) | null;
  /** Null if not exported. */
  readonly metrics: (ExporterSettings & { readonly intervalMs: number }) | null;
}

export interface TraceSettings {
  readonly sampler: (typeof SAMPLERS)[number];
  /** From 0 to 1. */
  readonly ratio: number;
  /** Whether traces of clients are continued, and ours sent on. */
  readonly propagates: boolean;
  readonly queueSize: number;
  readonly batchSize: number;
  readonly delayMs: number;
}

/** Traces and metrics that leave the process by OTLP. */
export interface Telemetry {
  readonly tracing: Tracing;
  /** Begins to export metrics, and to report there and in the log what cannot be exported. */
  start(metrics: Metrics, logger: Logger): void;
  /** Exports what is pending, within 5 s. Never rejects. */
  close(): Promise<void>;
}

/** Exports nothing. */
export const NO_TELEMETRY: Telemetry = {
  tracing: NO_TRACING,
  start: () => undefined,
  close: () => Promise.resolve(),
};
