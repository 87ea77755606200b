import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ProtobufReader } from '@opentelemetry/otlp-transformer/build/src/common/protobuf/protobuf-reader.js';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createSimulator } from '../../src/simulator/simulator.js';
import { describeWith } from '../support/needs.js';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { patiently } from '../support/patience.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';
import { upstreamSettings } from '../support/upstream-settings.js';
import { ObservedProcess, rejectedSettings } from './observed-process.js';

const directory = mkdtempSync(join(tmpdir(), 'opentelemetry-export-'));
const started: ObservedProcess[] = [];
let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await OtlpReceiver.start();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.dispose()));
  await receiver.stop();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function start(settings: Readonly<Record<string, string>>, main?: string): ObservedProcess {
  const log = `file:${mkdtempSync(join(directory, 'log-'))}`;
  const process = new ObservedProcess({ EVENT_LOG: log, LOG_LEVEL: 'info', ...settings }, main);
  started.push(process);
  return process;
}

async function ask(gateway: ObservedProcess, query = '{ gateway { version } }'): Promise<unknown> {
  const { graphqlUrl } = await gateway.line('listening');
  const body = JSON.stringify({ query });
  const response = await fetch(String(graphqlUrl), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await response.json()) as { data: unknown }).data;
}

async function scrape(gateway: ObservedProcess): Promise<string> {
  return (await fetch(`${new URL(String((await gateway.line('listening'))['graphqlUrl'])).origin}/metrics`)).text();
}

/** Signals it to end; resolves with how long that took, in milliseconds. */
async function stopped(gateway: ObservedProcess): Promise<number> {
  const asked = performance.now();
  gateway.signal('SIGTERM');
  expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  return performance.now() - asked;
}

/** The fields of a protobuf message by number; those with a length as bytes. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  const reader = new ProtobufReader(bytes);
  while (!reader.isAtEnd()) {
    const { fieldNumber, wireType } = reader.readTag();
    if (wireType === 2) fields.set(fieldNumber, [...(fields.get(fieldNumber) ?? []), reader.readBytes()]);
    else reader.skip(wireType);
  }
  return fields;
}
/** What stands at a path of field numbers. */
const at = (bytes: Uint8Array, [number, ...rest]: readonly number[]): Uint8Array[] =>
  number === undefined ? [bytes] : (fieldsOf(bytes).get(number) ?? []).flatMap((inner) => at(inner, rest));

it('exports what is pending when it is stopped, as protobuf by default, with the headers of a file that no log line shows', async () => {
  const file = join(directory, 'headers');
  writeFileSync(file, 'authorization=Bearer%20very-secret,x-scope=chat\n');
  const gateway = start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS_FILE: file,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
    LOG_LEVEL: 'debug',
  });
  await ask(gateway, 'query Pending { gateway { version } }');
  expect(receiver.exports).toEqual([]);
  await stopped(gateway);
  expect(receiver.exports.map(({ path }) => path).sort()).toEqual(['/v1/metrics', '/v1/traces']);
  for (const { headers } of receiver.exports)
    expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf', authorization: 'Bearer very-secret', 'x-scope': 'chat' });
  const traces = receiver.exports.find(({ path }) => path === '/v1/traces')?.body ?? Buffer.alloc(0);
  // resource_spans, scope_spans, spans, name (opentelemetry/proto/trace/v1/trace.proto).
  expect(at(traces, [1, 2, 2, 5]).map((bytes) => Buffer.from(bytes).toString())).toEqual(['query', 'POST /graphql']);
  expect(JSON.stringify(gateway.lines)).not.toMatch(/very-secret|Bearer/);
});

it('follows no promises, in any version of Node: spans are handed on', () => {
  for (const name of ['gateway.cjs', 'telemetry.cjs'])
    expect(readFileSync(resolve('dist', name), 'utf8')).not.toMatch(/AsyncLocalStorage|createHook|executionAsyncResource/);
});

it('exports one signal where the other is switched off or has no endpoint', async () => {
  const onlyTraces = start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/custom`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
  await ask(onlyTraces);
  await stopped(onlyTraces);
  expect(receiver.exports.map(({ path }) => path)).toEqual(['/custom']);
  receiver.exports.length = 0;
  const onlyMetrics = start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'otlp' });
  await ask(onlyMetrics);
  await stopped(onlyMetrics);
  expect(receiver.exports.map(({ path }) => path)).toEqual(['/v1/metrics']);
});

it('serves and stops in time while its collector is away, says so once, and once when it is back', async () => {
  receiver.answer = 400;
  const gateway = start({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BSP_SCHEDULE_DELAY: '10',
  });
  for (let exports = 1; exports <= 3; exports += 1) {
    expect(await ask(gateway)).toEqual({ gateway: { version: expect.any(String) } });
    await untilTrue(() => receiver.exports.length >= exports);
  }
  await untilTrue(
    async () => Number(/^gateway_lost_spans_total\{reason="export_failed"\} (\d+)$/m.exec(await scrape(gateway))?.[1] ?? 0) >= 6,
  );
  receiver.answer = 200;
  await ask(gateway);
  await gateway.line('telemetry: export works again');
  const logged = gateway.lines.filter(({ msg }) => msg.startsWith('telemetry'));
  expect(logged.map(({ msg, level }) => [msg, level])).toEqual([
    ['telemetry: export failed', 'warn'],
    ['telemetry: export works again', 'info'],
  ]);
  expect(logged[0]).toMatchObject({ signal: 'traces', reason: 400 });
});

it.each(['refuses connections', 'never answers'])('neither delays requests nor its stop beyond 5 s where the collector %s', async (how) => {
  receiver.answer = null;
  const endpoint = how === 'never answers' ? receiver.url : await closedPort();
  const gateway = start({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_BSP_MAX_QUEUE_SIZE: '4',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    DRAIN_SECONDS: '1',
  });
  // The queue of 4 is full after these.
  const asked = performance.now();
  for (let request = 0; request < 20; request += 1) await ask(gateway);
  // To wait for the collector would take 10 s each, after which an export is abandoned.
  expect(performance.now() - asked).toBeLessThan(patiently(20_000));
  await untilTrue(async () => /^gateway_lost_spans_total\{reason="queue_full"\} [1-9]/m.test(await scrape(gateway)));
  const stopMs = await stopped(gateway);
  // Without a bound it would take those 10 s.
  expect(stopMs).toBeLessThan(patiently(9_500));
  expect(gateway.lines.filter(({ msg }) => msg === 'telemetry: queue full, spans are dropped').length).toBeLessThanOrEqual(1);
});

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

it('does not start with an endpoint or headers that cannot be right, and says which and why', async () => {
  const { code, stderr } = await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://user:hidden@collector:4318/v1/traces',
    OTEL_EXPORTER_OTLP_HEADERS: 'very-secret-token',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  }).exited();
  expect(code).toBe(1);
  expect(rejectedSettings(stderr)).toEqual([
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  ]);
  expect(stderr).not.toMatch(/very-secret|hidden/);
});

describe('without an endpoint', () => {
  // The build without the file that holds OpenTelemetry's SDK.
  const build = join(directory, 'build');
  const main = join(build, 'dist/main.js');
  beforeAll(() => {
    cpSync('dist', join(build, 'dist'), { recursive: true, filter: (path) => !path.includes('telemetry.cjs') });
    cpSync('package.json', join(build, 'package.json'));
    symlinkSync(resolve('node_modules'), join(build, 'node_modules'));
  });

  it.each([{}, { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, { OTEL_SERVICE_NAME: 'chat' }])(
    'loads none of it: %j',
    async (settings) => {
      const gateway = start(settings, main);
      const { channels } = (await ask(gateway, '{ channels(first: 1) { nodes { id } } }')) as { channels: { nodes: unknown[] } };
      expect(channels.nodes).toHaveLength(1);
      expect(await scrape(gateway)).not.toContain('gateway_lost_spans_total');
      await stopped(gateway);
      expect(JSON.stringify(gateway.lines)).not.toContain('trace_id');
    },
  );

  it('needs it with one', async () => {
    const { code, stderr } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }, main).exited();
    expect([code, stderr]).toEqual([1, expect.stringContaining('MODULE_NOT_FOUND')]);
  });
});

describeWith('redis-server', HOW_TO_GET_REDIS)('two gateways over one Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
  });
  afterAll(() => redis.dispose());

  it('link a delivery of one to the append of the other, both recorded or neither, whatever share of traces is recorded', async () => {
    const simulator = createSimulator({ agents: 'manual' });
    const url = await simulator.listen();
    const settings = {
      EVENT_LOG: redis.url,
      ...upstreamSettings(simulator, url),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
    };
    const [one, other] = [start({ ...settings, OTEL_SERVICE_NAME: 'one' }), start({ ...settings, OTEL_SERVICE_NAME: 'other' })];
    simulator.setWebhookUrl(String((await one.line('listening'))['webhookUrl']));
    const input = `{ channelId: "${simulator.channelId}", customer: {} }`;
    const created = await ask(one, `mutation { createConversation(input: ${input}) { conversation { id conversationId } cursor } }`);
    const { createConversation } = created as {
      createConversation: { conversation: { id: string; conversationId: string }; cursor: string };
    };
    const { conversation, cursor } = createConversation;
    const client = createClient({ url: String((await other.line('listening'))['wsUrl']), webSocketImpl: WebSocket, retryAttempts: 0 });
    const query = 'subscription($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { __typename } }';
    const events = client.iterate({ query, variables: { id: conversation.id, after: cursor } });
    const [texts, seen] = [30, new Set<unknown>()];
    simulator.centre.agentAccepts(conversation.conversationId, undefined);
    for (let n = 0; n < texts; n += 1) simulator.centre.agentSays(conversation.conversationId, `message ${n}`);
    while (seen.size < texts) {
      const { value } = (await events.next()) as { value: { data: { conversationEvents: { __typename: string } } } };
      if (value.data.conversationEvents.__typename === 'MessageAdded') seen.add(value);
    }
    await client.dispose();
    await Promise.all([stopped(one), stopped(other)]);
    await simulator.close();
    const messages = receiver.spans.filter(({ attributes }) => attributes['chat.event.type'] === 'MESSAGE_ADDED');
    const appends = messages.filter(({ name, resource }) => name === 'append events' && resource['service.name'] === 'one');
    const deliveries = messages.filter(({ name, resource }) => name === 'deliver events' && resource['service.name'] === 'other');
    const idOf = ({ traceId, spanId }: { traceId: string; spanId: string }) => `${traceId}/${spanId}`;
    expect(deliveries.flatMap(({ links }) => links.map(idOf)).sort()).toEqual(appends.map(idOf).sort());
    // All or none of thirty would be the ratio's fault: one in a billion.
    expect(appends.length).toBeGreaterThan(0);
    expect(appends.length).toBeLessThan(texts);
  });
});
