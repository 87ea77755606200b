import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Sampler, SpanExporter } from '@opentelemetry/sdk-trace';
import type { ExporterSettings, Telemetry, TelemetrySettings, TraceSettings } from '../telemetry.js';
import { NO_TRACING } from '../tracing.js';
import { ExportMonitor } from './export-monitor.js';
import { prometheusMetricProducer } from './metric-producer.js';
import type { SpanOrigin } from './recorded-span.js';
import { RecordedTracing } from './recorded-tracing.js';

const SCOPE = 'chat-graphql-gateway';
/** How long a stop waits for the collector. */
const CLOSE_MS = 5_000;
const EXPORT_TIMEOUT_MS = 30_000;

/**
 * Exports traces and metrics by OTLP with OpenTelemetry's SDK. The only module that imports it, and a file of its own in the build: it is imported only where something is
 * exported.
 */
export function openTelemetry(settings: TelemetrySettings, version: string): Telemetry {
  const identity = { 'service.version': version, 'service.instance.id': randomUUID(), ...settings.resource };
  const resource = defaultResource().merge(resourceFromAttributes(identity));
  const monitor = new ExportMonitor();
  const traces = settings.traces === null ? null : openTraces(settings.traces, resource, monitor, version);
  let reader: PeriodicExportingMetricReader | null = null;
  return {
    tracing: traces?.tracing ?? NO_TRACING,
    start(metrics, logger) {
      const lost = metrics.registerLostSpans();
      monitor.reportTo({ logger, onLost: (reason, count) => lost.inc({ reason }, count) });
      if (settings.metrics === null) return;
      reader = metricReader(settings.metrics, monitor);
      reader.setMetricProducer(prometheusMetricProducer({ resource, scope: { name: SCOPE, version }, metrics: () => metrics.values() }));
    },
    async close() {
      const flushing = Promise.allSettled([traces?.processor.shutdown(), reader?.shutdown()]);
      await Promise.race([flushing, pause(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

function openTraces(settings: ExporterSettings & TraceSettings, resource: Resource, monitor: ExportMonitor, version: string) {
  const { queueSize, batchSize, delayMs, propagates } = settings;
  const processor = new BatchSpanProcessor({
    exporter: monitor.spans(traceExporter(settings)),
    maxQueueSize: queueSize,
    maxExportBatchSize: batchSize,
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const bounded = monitor.bounded(processor, queueSize);
  const origin: SpanOrigin = { resource, scope: { name: SCOPE, version }, propagates, onEnd: (span) => bounded.onEnd(span) };
  return { processor: bounded, tracing: new RecordedTracing(origin, createSampler(settings)) };
}

function traceExporter(settings: ExporterSettings): SpanExporter {
  const Exporter = settings.protocol === 'http/json' ? JsonTraceExporter : ProtobufTraceExporter;
  return new Exporter(exporterOptions(settings));
}

function metricReader(settings: ExporterSettings & { readonly intervalMs: number }, monitor: ExportMonitor): PeriodicExportingMetricReader {
  const Exporter = settings.protocol === 'http/json' ? JsonMetricExporter : ProtobufMetricExporter;
  return new PeriodicExportingMetricReader({
    exporter: monitor.metrics(new Exporter(exporterOptions(settings))),
    exportIntervalMillis: settings.intervalMs,
    exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, settings.intervalMs),
  });
}

const COMPRESSIONS = { gzip: CompressionAlgorithm.GZIP, none: CompressionAlgorithm.NONE } as const;

type ExporterOptions = NonNullable<ConstructorParameters<typeof JsonTraceExporter>[0]>;

const exporterOptions = ({ url, headers, timeoutMs, compression }: ExporterSettings): ExporterOptions => ({
  url,
  headers: { ...headers },
  timeoutMillis: timeoutMs,
  compression: COMPRESSIONS[compression],
});

function createSampler({ sampler, ratio }: TraceSettings): Sampler {
  const parentBased = (root: Sampler) => new ParentBasedSampler({ root });
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return parentBased(new AlwaysOnSampler());
    case 'parentbased_always_off':
      return parentBased(new AlwaysOffSampler());
    case 'parentbased_traceidratio':
      return parentBased(new TraceIdRatioBasedSampler(ratio));
  }
}
