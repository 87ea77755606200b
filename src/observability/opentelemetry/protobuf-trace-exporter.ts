import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import type { OTLPExporterNodeConfigBase } from '@opentelemetry/otlp-exporter-base';
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import { ProtobufTraceSerializer, TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { SpanEncoder } from './encode-spans.js';

/** The SDK's exporter of spans as protobuf, with retries, compression and certificates as it has them, but for the encoding, which took more than all else about a span. */
export function protobufTraceExporter(options: OTLPExporterNodeConfigBase): SpanExporter {
  const encoder = new SpanEncoder();
  const serializer = { ...ProtobufTraceSerializer, serializeRequest: (spans: ReadableSpan[]) => encoder.encode(spans) };
  // What the SDK's own exporters call; nothing else that is exported reads the certificates.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const settings = convertLegacyHttpOptions(options, 'TRACES', 'v1/traces', { 'Content-Type': 'application/x-protobuf' });
  const delegate = createOtlpHttpExportDelegate(settings, serializer, 'otlp_http_span_exporter', TraceExporterMetricsHelper, undefined);
  return new OTLPExporterBase(delegate);
}
