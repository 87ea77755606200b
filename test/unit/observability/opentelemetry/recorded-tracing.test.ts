import { SpanStatusCode } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace';
import { deriveAppend } from '../../../../src/observability/opentelemetry/event-trace.js';
import { RecordedTracing } from '../../../../src/observability/opentelemetry/recorded-tracing.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const carrierOf = (flags: string) => ({ traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-${flags}`, tracestate: 'vendor=value' });
const idsOf = (span: ReadableSpan | undefined) => {
  const { traceId, spanId } = span?.spanContext() ?? {};
  return { traceId, spanId };
};
const deriveIds = (eventId: string) => {
  const { traceId, spanId } = deriveAppend(eventId);
  return { traceId, spanId };
};

function setUp(sampler: Sampler = new AlwaysOnSampler(), propagates = true) {
  const ended: ReadableSpan[] = [];
  const origin = {
    resource: resourceFromAttributes({}),
    scope: { name: 'test' },
    propagates,
    onEnd: (span: ReadableSpan) => void ended.push(span),
  };
  return { ended, tracing: new RecordedTracing(origin, sampler) };
}

it('makes each span a step of the one that it is given, and the first of a trace of none', () => {
  const { tracing, ended } = setUp();
  const outer = tracing.startRequest('outer', {}, {});
  const inner = tracing.start(outer, 'internal', 'inner', {});
  tracing.start(inner, 'client', 'call', {}).end();
  tracing.start(null, 'internal', 'detached', {}).end();
  inner.end();
  outer.end();
  outer.end();
  expect(ended.map(({ name }) => name)).toEqual(['call', 'detached', 'inner', 'outer']);
  const [call, detached, step, root] = ended;
  expect(call?.parentSpanContext).toBe(step?.spanContext());
  expect(step?.parentSpanContext).toBe(root?.spanContext());
  expect([root?.parentSpanContext, detached?.parentSpanContext]).toEqual([undefined, undefined]);
  expect(new Set(ended.map((span) => span.spanContext().traceId)).size).toBe(2);
});

it('exports what was set last, without what is undefined, and cut to 256 characters', () => {
  const { tracing, ended } = setUp();
  const span = tracing.start(null, 'internal', 'first name', { kept: 1, replaced: 'a', absent: undefined, text: 'x'.repeat(300) });
  span.rename('name');
  span.set({ replaced: 'b', flag: false });
  span.fail('BROKEN');
  span.end();
  expect(ended[0]).toMatchObject({ name: 'name', status: { code: SpanStatusCode.ERROR }, ended: true });
  expect(ended[0]?.attributes).toEqual({ kept: 1, replaced: 'b', text: 'x'.repeat(256), flag: false, 'error.type': 'BROKEN' });
});

it('takes the times of when it began and ended by the wall clock, to the microsecond', () => {
  const { tracing, ended } = setUp();
  const now = performance.now();
  const span = tracing.start(null, 'internal', 'timed', {}, now - 2_000.25);
  span.end(now);
  const [timed] = ended;
  const [seconds = 0, nanoseconds = 0] = timed?.endTime ?? [];
  expect(Math.abs(seconds * 1_000 + nanoseconds / 1e6 - Date.now())).toBeLessThan(5_000);
  expect(timed?.duration[0]).toBe(2);
  expect(timed?.duration[1]).toBeCloseTo(250_000, -3);
});

it('continues the trace of a client, and sends it on with its state', () => {
  const { tracing } = setUp();
  const request = tracing.startRequest('request', carrierOf('01'), {});
  const call = tracing.start(request, 'client', 'call', {});
  expect(call.logFields).toEqual({ trace_id: TRACE_ID, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(call.headers).toEqual({ traceparent: `00-${TRACE_ID}-${call.logFields.span_id}-01`, tracestate: 'vendor=value' });
});

it.each([['no hex'], ['00-0-0-01'], [undefined], [['a', 'b']]])('begins a trace of its own where a client sends %p', (traceparent) => {
  const { tracing, ended } = setUp();
  tracing.startRequest('request', { traceparent }, {}).end();
  expect(ended[0]?.parentSpanContext).toBeUndefined();
});

it('neither continues nor sends on where that is switched off', () => {
  const { tracing } = setUp(new AlwaysOnSampler(), false);
  const request = tracing.startRequest('request', carrierOf('01'), {});
  expect(request.logFields.trace_id).not.toBe(TRACE_ID);
  expect(request.headers).toEqual({});
});

it('stands for all of a trace that is not recorded by one span, which is sent on and logged', () => {
  const { tracing, ended } = setUp(new ParentBasedSampler({ root: new AlwaysOnSampler() }));
  const request = tracing.startRequest('request', carrierOf('00'), {});
  const call = tracing.start(tracing.start(request, 'internal', 'query', {}), 'client', 'call', {});
  expect(call.headers).toEqual({ traceparent: `00-${TRACE_ID}-${call.logFields.span_id}-00`, tracestate: 'vendor=value' });
  expect(call.logFields.trace_id).toBe(TRACE_ID);
  call.set({ a: 1 });
  call.fail('BROKEN');
  call.end();
  request.end();
  expect(call).toBe(request);
  expect(ended).toEqual([]);
});

it('gives an append its derived id in the trace of its webhook, and in no other', () => {
  const { tracing, ended } = setUp();
  const append = (parent: Parameters<typeof tracing.startAppend>[0]) =>
    tracing.startAppend(parent, 'append', 'e1', {}, performance.now()).end();
  append(tracing.startWebhook('webhook', 'e1', {}, {}));
  append(tracing.startRequest('mutation', {}, {}));
  append(null);
  const [own, another, alone] = ended.map(idsOf);
  expect(own).toEqual(deriveIds('e1'));
  for (const ids of [another, alone]) {
    expect(ids?.spanId).not.toBe(own?.spanId);
    expect(ids?.traceId).not.toBe(own?.traceId);
  }
});

it('links a webhook to the trace of a proxy, and keeps its own', () => {
  const { tracing, ended } = setUp();
  tracing.startWebhook('webhook', 'e1', carrierOf('01'), {}).end();
  expect(ended[0]?.spanContext().traceId).toBe(deriveIds('e1').traceId);
  expect(ended[0]?.links).toMatchObject([{ context: { traceId: TRACE_ID } }]);
});

it('records a delivery if and only if its webhook is recorded', () => {
  const { tracing, ended } = setUp(new TraceIdRatioBasedSampler(0.5));
  const events = Array.from({ length: 50 }, (_, n) => `event ${n}`);
  for (const eventId of events) tracing.startWebhook('webhook', eventId, {}, {}).end();
  const recorded = ended.splice(0).map((span) => span.spanContext().traceId);
  expect(recorded.length).toBeGreaterThan(0);
  expect(recorded.length).toBeLessThan(events.length);
  for (const eventId of events) tracing.startDelivery('delivery', eventId, {}).end();
  expect(ended.map(({ links }) => links[0]?.context.traceId)).toEqual(recorded);
  expect(ended.every((span) => span.spanContext().traceId !== span.links[0]?.context.traceId)).toBe(true);
});

it('records nothing where the sampler is off', () => {
  const { tracing, ended } = setUp(new AlwaysOffSampler());
  tracing.startRequest('request', carrierOf('01'), {}).end();
  tracing.startWebhook('webhook', 'e1', {}, {}).end();
  tracing.startDelivery('delivery', null, {}).end();
  expect(ended).toEqual([]);
});
