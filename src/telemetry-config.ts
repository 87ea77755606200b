import { accessSync, constants } from 'node:fs';
import type { EnvReader } from './env-reader.js';
import { SAMPLERS } from './observability/telemetry.js';
import type { ExporterSettings, TelemetrySettings } from './observability/telemetry.js';

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const COMPRESSIONS = ['gzip', 'none'] as const;
const EXPORTERS = ['otlp', 'none'] as const;
/** A header's name (RFC 9110, 5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The standard variables of OpenTelemetry's SDKs. Null if nothing is exported, since there is no endpoint, or `OTEL_SDK_DISABLED` is true. A signal is exported where it has an
 * endpoint, of its own or the common one.
 */
export function readTelemetry(read: EnvReader): TelemetrySettings | null {
  if (read.text('OTEL_SDK_DISABLED', 'false').toLowerCase() === 'true') return null;
  const base = readEndpoint(read, 'OTEL_EXPORTER_OTLP_ENDPOINT', true);
  const traces = readTraces(read, base);
  const metrics = readMetrics(read, base);
  if (traces === null && metrics === null) return null;
  for (const name of ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY']) checkFile(read, `OTEL_EXPORTER_OTLP_${name}`);
  return { resource: readResource(read), traces, metrics };
}

function readTraces(read: EnvReader, base: string | null): TelemetrySettings['traces'] {
  const exporter = readExporter(read, 'TRACES', base);
  if (exporter === null) return null;
  const queueSize = read.integer('OTEL_BSP_MAX_QUEUE_SIZE', 2_048, 1, 1_000_000);
  return {
    ...exporter,
    sampler: read.oneOf('OTEL_TRACES_SAMPLER', SAMPLERS, 'parentbased_always_on'),
    ratio: readRatio(read),
    propagates: read
      .text('OTEL_PROPAGATORS', 'tracecontext,baggage')
      .split(/[\s,]+/)
      .includes('tracecontext'),
    queueSize,
    batchSize: Math.min(queueSize, read.integer('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, 1, 1_000_000)),
    delayMs: read.integer('OTEL_BSP_SCHEDULE_DELAY', 5_000, 1, 3_600_000),
  };
}

function readMetrics(read: EnvReader, base: string | null): TelemetrySettings['metrics'] {
  const exporter = readExporter(read, 'METRICS', base);
  return exporter === null ? null : { ...exporter, intervalMs: read.integer('OTEL_METRIC_EXPORT_INTERVAL', 60_000, 100, 86_400_000) };
}

/** Null if the signal is not exported. */
function readExporter(read: EnvReader, signal: 'TRACES' | 'METRICS', base: string | null): ExporterSettings | null {
  const own = readEndpoint(read, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, false);
  const url = own ?? (base === null ? null : `${base}/v1/${signal.toLowerCase()}`);
  if (url === null || read.oneOf(`OTEL_${signal}_EXPORTER`, EXPORTERS, 'otlp') === 'none') return null;
  const [common, special] = ['OTEL_EXPORTER_OTLP_', `OTEL_EXPORTER_OTLP_${signal}_`];
  return {
    url,
    protocol: read.oneOf(`${special}PROTOCOL`, PROTOCOLS, read.oneOf(`${common}PROTOCOL`, PROTOCOLS, 'http/protobuf')),
    headers: { ...readHeaders(read, `${common}HEADERS`), ...readHeaders(read, `${special}HEADERS`) },
    timeoutMs: read.integer(`${special}TIMEOUT`, read.integer(`${common}TIMEOUT`, 10_000, 1, 600_000), 1, 600_000),
    compression: read.oneOf(`${special}COMPRESSION`, COMPRESSIONS, read.oneOf(`${common}COMPRESSION`, COMPRESSIONS, 'none')),
  };
}

/** Without a slash at its end. `isBase`: the path of each signal is appended to it. */
function readEndpoint(read: EnvReader, name: string, isBase: boolean): string | null {
  const text = read.url(name);
  if (text === null) return null;
  const { username, password, search, pathname } = new URL(text);
  if (username + password !== '') read.addError(name, 'must hold no user and password; send credentials with OTEL_EXPORTER_OTLP_HEADERS');
  if (isBase && search !== '') read.addError(name, 'must have no query: /v1/traces and /v1/metrics are appended to it');
  const signalPath = /\/v1\/(traces|metrics|logs)$/.exec(pathname)?.[0];
  if (isBase && signalPath !== undefined) read.addError(name, `must be the collector's base URL, without ${signalPath}, which is appended`);
  return text;
}

/** `name=value` pairs with commas between, their values percent-encoded (the format of W3C Baggage). An error repeats none of them: they are secrets. */
function readHeaders(read: EnvReader, name: string): Record<string, string> {
  const pairs = pairsIn(read.optionalSecret(name) ?? '');
  if (pairs?.every(([header, value]) => TOKEN.test(header) && /^[\t\x20-\x7e]*$/.test(value)) === true) return Object.fromEntries(pairs);
  read.addError(name, 'must be NAME=VALUE pairs with commas between, the values percent-encoded, such as authorization=Bearer%20TOKEN');
  return {};
}

function readResource(read: EnvReader): Record<string, string> {
  const pairs = pairsIn(read.text('OTEL_RESOURCE_ATTRIBUTES', ''));
  if (pairs === null) read.addError('OTEL_RESOURCE_ATTRIBUTES', 'must be NAME=VALUE pairs with commas between, the values percent-encoded');
  const service = read.optional('OTEL_SERVICE_NAME');
  return {
    'service.name': 'chat-graphql-gateway',
    ...Object.fromEntries(pairs ?? []),
    ...(service === null ? {} : { 'service.name': service }),
  };
}

/** Null if the text is not of that form. */
function pairsIn(text: string): [name: string, value: string][] | null {
  try {
    const pairs = text.split(',').filter((pair) => pair.trim() !== '');
    return pairs.map((pair) => {
      const [, name = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
      if (name === '') throw new URIError(pair);
      return [decodeURIComponent(name), decodeURIComponent(value)];
    });
  } catch {
    return null;
  }
}

function readRatio(read: EnvReader): number {
  const ratio = Number(read.text('OTEL_TRACES_SAMPLER_ARG', '1'));
  if (ratio >= 0 && ratio <= 1) return ratio;
  read.addError('OTEL_TRACES_SAMPLER_ARG', 'must be a number from 0 to 1, the share of traces that is recorded');
  return 1;
}

/** The exporter reads it, and goes on without it where it cannot. */
function checkFile(read: EnvReader, name: string): void {
  const path = read.optional(name);
  if (path === null) return;
  try {
    accessSync(path, constants.R_OK);
  } catch {
    read.addError(name, 'must name a file in PEM; the file cannot be read');
  }
}
