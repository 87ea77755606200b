import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, EnvReader } from '../../src/env-reader.js';
import { readTelemetry } from '../../src/telemetry-config.js';

const directory = mkdtempSync(join(tmpdir(), 'telemetry-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

function read(environment: Record<string, string>) {
  const reader = new EnvReader(environment);
  const settings = readTelemetry(reader);
  reader.throwIfInvalid();
  return settings;
}

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
}

it('exports nothing without an endpoint, or where the SDK is disabled', () => {
  expect(read({})).toBeNull();
  expect(read({ OTEL_SERVICE_NAME: 'chat', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toBeNull();
  for (const disabled of ['true', 'TRUE']) expect(read({ ...ENDPOINT, OTEL_SDK_DISABLED: disabled })).toBeNull();
  expect(read({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' })).toBeNull();
});

it('has the defaults of the specification', () => {
  const exporter = { protocol: 'http/protobuf', headers: {}, timeoutMs: 10_000, compression: 'none' };
  expect(read(ENDPOINT)).toEqual({
    resource: { 'service.name': 'chat-graphql-gateway' },
    traces: {
      ...exporter,
      url: 'http://collector:4318/v1/traces',
      sampler: 'parentbased_always_on',
      ratio: 1,
      propagates: true,
      queueSize: 2_048,
      batchSize: 512,
      delayMs: 5_000,
    },
    metrics: { ...exporter, url: 'http://collector:4318/v1/metrics', intervalMs: 60_000 },
  });
});

it('prefers the settings of a signal to the common ones', () => {
  const settings = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/otlp/',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:9090/api/v1/otlp/v1/metrics',
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '2000',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'b=3',
    OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'none',
  });
  expect(settings?.traces).toMatchObject({
    url: 'https://collector/otlp/v1/traces',
    protocol: 'http/json',
    timeoutMs: 1_000,
    headers: { a: '1', b: '2' },
    compression: 'gzip',
  });
  expect(settings?.metrics).toMatchObject({
    url: 'http://metrics:9090/api/v1/otlp/v1/metrics',
    protocol: 'http/protobuf',
    timeoutMs: 2_000,
    headers: { a: '1', b: '3' },
    compression: 'none',
  });
});

it('reads headers from a file, and percent-encoded', () => {
  const file = join(directory, 'headers');
  writeFileSync(file, 'authorization=Bearer%20a%3Db , x-empty=,\n');
  expect(read({ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS_FILE: file })?.traces?.headers).toEqual({
    authorization: 'Bearer a=b',
    'x-empty': '',
  });
});

it('reads the resource; the name of the service counts more than its attributes', () => {
  const attributes = 'service.name=one,deployment.environment.name=pre%2Cprod';
  expect(read({ ...ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: attributes })?.resource).toEqual({
    'service.name': 'one',
    'deployment.environment.name': 'pre,prod',
  });
  expect(read({ ...ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'two' })?.resource).toMatchObject({
    'service.name': 'two',
  });
});

it('carries no trace on where tracecontext is none of the propagators', () => {
  expect(read({ ...ENDPOINT, OTEL_PROPAGATORS: 'b3' })?.traces?.propagates).toBe(false);
  expect(read({ ...ENDPOINT, OTEL_PROPAGATORS: 'b3, tracecontext' })?.traces?.propagates).toBe(true);
});

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: must be an http or https URL'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/v1/traces' },
    "OTEL_EXPORTER_OTLP_ENDPOINT: must be the collector's base URL, without /v1/traces, which is appended",
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/v1/metrics/' },
    "OTEL_EXPORTER_OTLP_ENDPOINT: must be the collector's base URL, without /v1/metrics, which is appended",
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:hidden@collector' },
    'OTEL_EXPORTER_OTLP_ENDPOINT: must hold no user and password; send credentials with OTEL_EXPORTER_OTLP_HEADERS',
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector?token=hidden' },
    'OTEL_EXPORTER_OTLP_ENDPOINT: must have no query: /v1/traces and /v1/metrics are appended to it',
  ],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: must be one of: http/protobuf, http/json'],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'console' }, 'OTEL_TRACES_EXPORTER: must be one of: otlp, none'],
  [{ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /^OTEL_TRACES_SAMPLER: must be one of: always_on/],
  [{ ...ENDPOINT, OTEL_TRACES_SAMPLER_ARG: '10%' }, /^OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1/],
  [{ ...ENDPOINT, OTEL_RESOURCE_ATTRIBUTES: 'no pairs' }, /^OTEL_RESOURCE_ATTRIBUTES: must be NAME=VALUE pairs/],
  [{ ...ENDPOINT, OTEL_METRIC_EXPORT_INTERVAL: '1' }, /^OTEL_METRIC_EXPORT_INTERVAL: must be a whole number/],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_CERTIFICATE: '/does/not/exist' }, /^OTEL_EXPORTER_OTLP_CERTIFICATE: must name a file/],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: 'hidden' }, /^OTEL_EXPORTER_OTLP_HEADERS: must be NAME=VALUE pairs/],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: 'a b=hidden' }, /^OTEL_EXPORTER_OTLP_HEADERS: must be/],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: 'a=hidden%0d%0ax: y' }, /^OTEL_EXPORTER_OTLP_HEADERS: must be/],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: 'a=hidden%zz' }, /^OTEL_EXPORTER_OTLP_HEADERS: must be/],
])('rejects %j', (environment, fault) => {
  const faults = new Set(faultsOf(environment));
  expect([...faults]).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
  expect([...faults].join()).not.toContain('hidden');
});
