import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  DECIDING_TRACE_ID,
  EventIdGenerator,
  EventSampler,
  deriveAppend,
} from '../../../../src/observability/opentelemetry/event-trace.js';
import { RecordedTracing } from '../../../../src/observability/opentelemetry/recorded-tracing.js';

it('derives the ids of an append from the SHA-256 of its event, the same in every gateway', () => {
  expect(deriveAppend('abc')).toMatchObject({ traceId: 'ba7816bf8f01cfea414140de5dae2223', spanId: 'b00361a396177a9c' });
});

it('gives derived ids to one span only', () => {
  const ids = new EventIdGenerator();
  const derived = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  expect(ids.with(derived, () => [ids.generateTraceId(), ids.generateSpanId()])).toEqual(Object.values(derived));
  expect(() =>
    ids.with(derived, () => {
      throw new Error('no span');
    }),
  ).toThrow('no span');
  expect([ids.generateTraceId(), ids.generateSpanId()]).not.toEqual(Object.values(derived));
});

it('records a delivery if and only if its webhook is recorded', () => {
  const inner = new TraceIdRatioBasedSampler(0.5);
  const sampler = new EventSampler(inner);
  const decide = (webhook: string | null, own: string) => {
    const context = webhook === null ? ROOT_CONTEXT : ROOT_CONTEXT.setValue(DECIDING_TRACE_ID, webhook);
    return sampler.shouldSample(context, own, 'deliver events', SpanKind.CONSUMER, {}, []).decision;
  };
  const decisions = Array.from({ length: 50 }, (_, n) => {
    const { traceId } = deriveAppend(`event ${n}`);
    const decision = decide(null, traceId);
    expect(decide(traceId, deriveAppend(`another ${n}`).traceId)).toBe(decision);
    return decision;
  });
  expect(new Set(decisions)).toEqual(new Set([SamplingDecision.NOT_RECORD, SamplingDecision.RECORD_AND_SAMPLED]));
});

describe('spans', () => {
  const exporter = new InMemorySpanExporter();
  const ids = new EventIdGenerator();
  const provider = new TracerProvider({ idGenerator: ids, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracing = new RecordedTracing({ tracer: provider.getTracer('test'), ids, propagator: null });
  afterEach(() => exporter.reset());

  it('give an append its derived id in the trace of its webhook, and in no other', () => {
    const webhook = tracing.startWebhook('webhook', 'e1', {}, {});
    tracing.within(webhook, () => tracing.startAppend('append', 'e1', {}, performance.now()).end());
    tracing.within(tracing.startRequest('mutation', {}, {}), () => tracing.startAppend('append', 'e1', {}, performance.now()).end());
    const [first, second] = exporter.getFinishedSpans().map((span) => span.spanContext());
    expect(first).toMatchObject(appendOfOwn('e1'));
    expect(second?.spanId).not.toBe(first?.spanId);
    expect(second?.traceId).not.toBe(first?.traceId);
  });

  const appendOfOwn = (eventId: string) => {
    const { traceId, spanId } = deriveAppend(eventId);
    return { traceId, spanId };
  };

  it('are ended once, and follow the active one through promises and timers', async () => {
    const outer = tracing.startRequest('outer', {}, {});
    await tracing.within(outer, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      tracing.start('internal', 'inner', {}).end();
      tracing.within(null, () => tracing.start('internal', 'detached', {}).end());
    });
    outer.end();
    outer.end();
    const [inner, detached, root, ...more] = exporter.getFinishedSpans();
    expect(more).toEqual([]);
    expect(inner?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(detached?.parentSpanContext).toBeUndefined();
    expect(tracing.active).toBeNull();
  });
});
