import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { EventStreamResults } from '../support/event-stream-results.js';
import { OtlpReceiver, samplesOf } from '../support/otlp-receiver.js';
import type { ReceivedSpan } from '../support/otlp-receiver.js';
import { RecordingProxy } from '../support/recording-proxy.js';
import { untilTrue } from '../support/until.js';
import { upstreamSettings } from '../support/upstream-settings.js';
import { ObservedProcess } from './observed-process.js';

const QUERY = `query Chat($id: ID!) { conversation(id: $id) { state customer { name } messages(last: 5) { nodes { text } } } }`;
const CREATE = `mutation Create($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id conversationId } cursor } }`;
const SEND = `mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { code } } }`;
const FOLLOW = `subscription Follow($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { __typename ... on MessageAdded { message { text } } } }`;
const SECRET_TEXT = 'my card number is 4111';

interface Created {
  readonly conversation: { readonly id: string; readonly conversationId: string };
  readonly cursor: string;
}
/** The first 16 bytes of its SHA-256 are the trace of a webhook's event, the next 8 the span of its append. */
const idsOf = (eventId: string) => {
  const digest = createHash('sha256').update(eventId).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
};
const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${found.length} spans of ${spans.map((one) => one.name).join()} are named ${name}`);
  return found[0];
};
const hasRoot = (spans: readonly ReceivedSpan[]) => spans.some(({ kind }) => kind === 2);

describe('a gateway that exports to OpenTelemetry', () => {
  const directory = mkdtempSync(join(tmpdir(), 'opentelemetry-'));
  let receiver: OtlpReceiver;
  let simulator: Simulator;
  let proxy: RecordingProxy;
  let gateway: ObservedProcess;
  let sockets: Client;
  let urls: { graphqlUrl: string; wsUrl: string; webhookUrl: string };

  beforeAll(async () => {
    receiver = await OtlpReceiver.start();
    simulator = createSimulator({ agents: 'manual' });
    proxy = await RecordingProxy.start(await simulator.listen());
    gateway = new ObservedProcess({
      EVENT_LOG: `file:${directory}`,
      ...upstreamSettings(simulator, proxy.url),
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=overridden',
      OTEL_SERVICE_NAME: 'chat',
      LOG_LEVEL: 'debug',
    });
    const { graphqlUrl, wsUrl, webhookUrl } = await gateway.line('listening');
    urls = { graphqlUrl: String(graphqlUrl), wsUrl: String(wsUrl), webhookUrl: String(webhookUrl) };
    simulator.setWebhookUrl(urls.webhookUrl);
    sockets = createClient({ url: urls.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  });
  afterAll(async () => {
    await sockets.dispose();
    await gateway.dispose();
    await proxy.stop();
    await simulator.close();
    await receiver.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function ask<T>(query: string, variables: object, headers: Record<string, string> = {}): Promise<T> {
    const body = JSON.stringify({ query, variables });
    const response = await fetch(urls.graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    const { data } = (await response.json()) as { data: T };
    return data;
  }
  const create = async () => {
    const input = { channelId: simulator.channelId, customer: { name: 'Mia Secretive' } };
    return (await ask<{ createConversation: Created }>(CREATE, { input })).createConversation;
  };
  /** With a trace that each call of this has for itself. */
  const traced = (flags = '01') => {
    const traceId = createHash('sha256').update(String(Math.random())).digest('hex').slice(0, 32);
    return { traceId, headers: { traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`, tracestate: 'vendor=value' } };
  };

  it('traces a query from the request over the operation to each upstream call, which is sent its traceparent', async () => {
    const { conversation } = await create();
    const { traceId, headers } = traced();
    await ask(QUERY, { id: conversation.id }, headers);
    const spans = await receiver.trace(traceId, hasRoot);
    const [root, operation] = [named(spans, 'POST /graphql'), named(spans, 'query')];
    expect(root).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331', status: 0 });
    expect(root.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'url.path': '/graphql',
      'url.scheme': 'http',
      'http.response.status_code': 200,
    });
    expect(operation).toMatchObject({ kind: 1, parentSpanId: root.spanId });
    expect(operation.attributes).toEqual({ 'graphql.operation.type': 'query', 'graphql.operation.name': 'Chat' });
    const calls = spans.filter(({ kind }) => kind === 3);
    expect(calls.map(({ name }) => name).sort()).toEqual(['GET conversations.get', 'GET messages.list']);
    for (const call of calls) {
      expect(call.parentSpanId).toBe(operation.spanId);
      expect(call.attributes).toEqual({
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(proxy.url).port),
        'chat.upstream.operation': call.name.slice(4),
      });
      const sent = proxy.calls.find(({ headers: received }) => received['traceparent'] === `00-${traceId}-${call.spanId}-01`);
      expect(sent?.headers).toMatchObject({ tracestate: 'vendor=value' });
      expect(sent?.headers).not.toHaveProperty('baggage');
    }
    expect(root.resource).toMatchObject({
      'service.name': 'chat',
      'service.version': expect.any(String),
      'service.instance.id': expect.any(String),
      'deployment.environment.name': 'test',
      'telemetry.sdk.name': 'opentelemetry',
    });
  });

  it('begins a trace of its own for a client without one', async () => {
    await ask('query Nobody { channels(first: 1) { nodes { id } } }', {});
    const operation = await receiver.span(({ attributes }) => attributes['graphql.operation.name'] === 'Nobody');
    const spans = await receiver.trace(operation.traceId, hasRoot);
    expect(named(spans, 'POST /graphql').parentSpanId ?? '').toBe('');
    // The key of the first webhook may be asked for meanwhile, in a trace of its own.
    const asked = proxy.calls.filter(({ path }) => path.includes('/channels?'));
    const sent = asked.map(({ headers }) => headers['traceparent']?.slice(3, 35));
    expect(sent).toEqual([operation.traceId]);
  });

  it('records nothing of a trace that its client does not record, and still sends it on', async () => {
    const { traceId, headers } = traced('00');
    await ask('{ channels(first: 2) { nodes { id } } }', {}, headers);
    expect(proxy.calls.filter((call) => call.headers['traceparent']?.includes(traceId)).map((call) => call.headers['traceparent'])).toEqual(
      [expect.stringMatching(/-00$/)],
    );
    // What came later is there; it would be.
    const later = traced();
    await ask('{ channels(first: 3) { nodes { id } } }', {}, later.headers);
    await receiver.trace(later.traceId, hasRoot);
    expect(receiver.spans.filter((span) => span.traceId === traceId)).toEqual([]);
    expect(gateway.lines.some((line) => line['trace_id'] === traceId)).toBe(true);
  });

  it('writes the ids of the request to its log lines', async () => {
    const { traceId, headers } = traced();
    await ask('{ channels(first: 4) { nodes { id } } }', {}, headers);
    const spans = await receiver.trace(traceId, hasRoot);
    await untilTrue(() => gateway.lines.some((line) => line['trace_id'] === traceId && line.msg === 'request'));
    const lines = gateway.lines.filter((line) => line['trace_id'] === traceId);
    expect(lines.map(({ msg, span_id: spanId }) => [msg, spanId])).toEqual([
      ['upstream call', named(spans, 'query').spanId],
      ['request', named(spans, 'POST /graphql').spanId],
    ]);
  });

  it('shows each attempt of a call that fails, and what the client was answered', async () => {
    const { conversation } = await create();
    const { traceId, headers } = traced();
    proxy.statusOf = (path) => (path.includes('/messages') ? 503 : null);
    await ask(QUERY, { id: conversation.id }, headers).finally(() => (proxy.statusOf = () => null));
    const spans = await receiver.trace(traceId, hasRoot);
    const attempts = spans.filter(({ name }) => name === 'GET messages.list');
    expect(attempts.map(({ status, attributes }) => [status, attributes['error.type'], attributes['http.request.resend_count']])).toEqual([
      [2, '503', undefined],
      [2, '503', 1],
      [2, '503', 2],
    ]);
    expect(named(spans, 'GET conversations.get').status).toBe(0);
    expect(named(spans, 'query')).toMatchObject({ status: 2, attributes: { 'error.type': 'UPSTREAM_UNAVAILABLE' } });
    expect(named(spans, 'POST /graphql').status).toBe(0);
  });

  it('does not take what a client did wrong for a failure', async () => {
    const { traceId, headers } = traced();
    await ask('query Wrong { channels(first: 0) { nodes { id } } }', {}, headers);
    const spans = await receiver.trace(traceId, hasRoot);
    expect(named(spans, 'query')).toMatchObject({ status: 0, attributes: { 'error.type': 'BAD_USER_INPUT' } });
  });

  it('traces a mutation, and its webhook from verification to append in a trace derived from the event', async () => {
    const { conversation } = await create();
    const { traceId, headers } = traced();
    await ask(SEND, { input: { conversationId: conversation.id, text: SECRET_TEXT } }, headers);
    const spans = await receiver.trace(traceId, hasRoot);
    const call = named(spans, 'POST messages.send');
    expect(call).toMatchObject({ kind: 3, parentSpanId: named(spans, 'mutation').spanId, status: 0 });

    const append = await receiver.span(
      ({ name, attributes }) =>
        name === 'append events' &&
        attributes['messaging.message.conversation_id'] === conversation.conversationId &&
        attributes['chat.event.type'] === 'MESSAGE_ADDED',
    );
    const eventId = String(append.attributes['messaging.message.id']);
    expect(append).toMatchObject({ kind: 4, ...idsOf(eventId), attributes: { 'chat.append.outcome': 'stored' } });
    const webhook = await receiver.trace(append.traceId, hasRoot);
    const root = named(webhook, 'POST /webhooks/8x8');
    expect(root.attributes).toMatchObject({ 'chat.webhook.outcome': 'stored', 'http.response.status_code': 204 });
    expect(named(webhook, 'verify webhook').parentSpanId).toBe(root.spanId);
    expect(append.parentSpanId).toBe(root.spanId);
    expect(Number(named(webhook, 'verify webhook').startTimeUnixNano)).toBeLessThanOrEqual(Number(append.startTimeUnixNano));
    const accepted = () => gateway.lines.find((line) => line.msg === 'webhook accepted' && line['eventId'] === eventId);
    await untilTrue(() => accepted() !== undefined);
    expect(accepted()).toMatchObject({ trace_id: root.traceId, span_id: root.spanId });
  });

  it('links to the trace of a proxy before a webhook, and keeps all attempts of an event in one trace', async () => {
    const eventId = `event-${Math.random()}`;
    const { traceId, headers } = traced();
    const post = () =>
      fetch(urls.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-8x8-event-id': eventId, ...headers },
        body: `{"filler":"${'x'.repeat(600)}"}`,
      });
    expect([(await post()).status, (await post()).status]).toEqual([401, 401]);
    const attempts = await receiver.trace(idsOf(eventId).traceId, (spans) => spans.filter(({ kind }) => kind === 2).length === 2);
    for (const attempt of attempts.filter(({ kind }) => kind === 2)) {
      expect(attempt).toMatchObject({ status: 0, links: [{ traceId, spanId: 'b7ad6b7169203331' }] });
      expect(attempt.attributes).toMatchObject({ 'chat.webhook.outcome': 'refused', 'chat.webhook.reason': 'header-missing' });
    }
    expect(receiver.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it.each(['WebSocket', 'event stream'])('links each delivery over %s to the append of its webhook', async (transport) => {
    const { conversation, cursor } = await create();
    const { traceId, headers } = traced();
    const variables = { id: conversation.id, after: cursor };
    const events =
      transport === 'WebSocket'
        ? sockets.iterate({ query: FOLLOW, variables, extensions: { headers } })
        : new EventStreamResults<unknown>(urls.graphqlUrl, { query: FOLLOW, variables });
    await events.next();
    const delivery = await receiver.span(
      ({ name, attributes }) =>
        name === 'deliver events' && attributes['messaging.message.conversation_id'] === conversation.conversationId,
    );
    const ids = idsOf(String(delivery.attributes['messaging.message.id']));
    expect(delivery).toMatchObject({ kind: 5, links: [ids], status: 0 });
    expect(delivery.traceId).not.toBe(ids.traceId);
    expect(delivery.attributes).toMatchObject({ 'graphql.operation.type': 'subscription', 'graphql.operation.name': 'Follow' });
    expect(await receiver.span((span) => span.spanId === ids.spanId)).toMatchObject({ name: 'append events', traceId: ids.traceId });
    if (transport === 'WebSocket') {
      const [subscribed] = await receiver.trace(traceId, hasRoot);
      expect(subscribed).toMatchObject({ name: 'subscription', parentSpanId: 'b7ad6b7169203331' });
    } else {
      // The request's span does not last as long as the stream.
      const isOverHttp = ({ name, kind, attributes }: ReceivedSpan) =>
        name === 'subscription' && kind === 1 && attributes['graphql.operation.name'] === 'Follow';
      const request = named(await receiver.trace((await receiver.span(isOverHttp)).traceId, hasRoot), 'POST /graphql');
      expect(request.attributes).toMatchObject({ 'http.response.status_code': 200 });
      expect(request.attributes).not.toHaveProperty(['error.type']);
    }
    await events.return?.();
  });

  it('gives each of a hundred concurrent requests the upstream calls that it made itself', async () => {
    const before = new Set(proxy.calls);
    const asked = Array.from({ length: 100 }, (_, n) => ({ n, ...traced() }));
    const answers = await Promise.all(
      asked.map(({ n, headers }) =>
        ask<unknown>(
          `{ channels(first: 1, after: "${Buffer.from(`channels:${n}`).toString('base64url')}") { nodes { id } } }`,
          {},
          headers,
        ),
      ),
    );
    expect(answers).not.toContain(null);
    const calls = proxy.calls.filter((call) => !before.has(call) && call.path.includes('/channels?'));
    const sent = calls.map(({ headers }) => headers['traceparent']?.slice(3, 35));
    expect(sent.sort()).toEqual(asked.map(({ traceId }) => traceId).sort());
  });

  it('does not trace health checks and scrapes', async () => {
    const base = new URL(urls.graphqlUrl).origin;
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await fetch(base + path)).status).toBe(200);
    const later = traced();
    await fetch(`${base}/attachments/a-secret-ticket`, { headers: later.headers });
    const [span] = await receiver.trace(later.traceId, hasRoot);
    expect(span?.attributes).toMatchObject({
      'http.route': '/attachments/*',
      'url.path': '/attachments/*',
      'http.response.status_code': 403,
    });
    expect(receiver.spans.map(({ name }) => name).filter((name) => /healthz|readyz|metrics/.test(name))).toEqual([]);
  });

  it('exports the metrics that Prometheus scrapes, with the same values', async () => {
    const base = new URL(urls.graphqlUrl).origin;
    const scrape = async () => {
      const lines = (await (await fetch(`${base}/metrics`)).text()).split('\n').filter((line) => line.startsWith('gateway_'));
      return lines.map((line): [string, number] => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]);
    };
    // What changes with each scrape, or with time.
    const steady = (samples: [string, number][]) => samples.filter(([name]) => !/route="\/metrics"|_silence_seconds/.test(name)).sort();
    await untilTrue(async () => {
      const exported = [...receiver.metrics.values()].flatMap(samplesOf).filter(([name]) => name.startsWith('gateway_'));
      return exported.length > 0 && JSON.stringify(steady(exported)) === JSON.stringify(steady(await scrape()));
    });
    const { metrics } = receiver;
    expect(metrics.get('gateway_webhooks_total')?.sum).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 });
    expect(metrics.get('gateway_upstream_call_seconds')?.histogram).toMatchObject({ aggregationTemporality: 2 });
    expect(metrics.get('gateway_sockets')?.gauge?.dataPoints).toHaveLength(1);
    const scraped = new Set((await (await fetch(`${base}/metrics`)).text()).match(/(?<=^# TYPE )\S+/gm));
    expect([...metrics.keys()].sort()).toEqual([...scraped].sort());
  });

  // Last, over all of the above.
  it('exports no text, name, variable, key or signature', () => {
    const exported = receiver.exports.map(({ body }) => body.toString()).join('\n');
    expect(exported).toContain('MESSAGE_ADDED');
    for (const secret of [SECRET_TEXT, 'Secretive', simulator.apiKey, 'a-secret-ticket', 'traceparent', 'x-8x8'])
      expect(exported).not.toContain(secret);
    expect(JSON.stringify(gateway.lines)).not.toContain(receiver.url);
  });
});
