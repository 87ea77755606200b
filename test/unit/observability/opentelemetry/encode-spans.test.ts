import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { SpanEncoder } from '../../../../src/observability/opentelemetry/encode-spans.js';
import { RecordedTracing } from '../../../../src/observability/opentelemetry/recorded-tracing.js';

const ended: ReadableSpan[] = [];
const origin = {
  resource: resourceFromAttributes({ 'service.name': 'chat', ratio: 0.5, count: -1, on: true }),
  scope: { name: 'scope', version: '1.2.3' },
  propagates: true,
  onEnd: (span: ReadableSpan) => void ended.push(span),
};
const tracing = new RecordedTracing(origin, new AlwaysOnSampler());
const CARRIER = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'vendor=value' };

/** Spans of each kind that there is, with attributes of each type and length. */
function someSpans(count: number): readonly ReadableSpan[] {
  ended.length = 0;
  for (let n = 0; n < count; n += 1) {
    const request = tracing.startRequest('POST /graphql', n % 2 === 0 ? CARRIER : {}, { 'http.route': '/graphql', flag: n % 3 === 0 });
    const call = tracing.start(request, 'client', `GET call ${n}`, { id: `é漢字😀 ${n}`, text: 'x'.repeat(n), 'server.port': 4_000 + n });
    call.set({ negative: -n, fraction: n / 7, large: 2 ** 40 + n, none: undefined });
    if (n % 5 === 0) call.fail('UPSTREAM_TIMEOUT');
    call.end();
    request.end();
    tracing.startWebhook('webhook', `e${n}`, CARRIER, {}).end();
    tracing.startDelivery('deliver events', `e${n}`, { '': '' }).end();
    tracing.start(null, 'internal', '', {}, 0.001 * n).end(1e6 + n / 3);
  }
  return [...ended];
}

it.each([1, 2, 300])('encodes spans byte for byte as the SDK does: %d of each kind', (count) => {
  const encoder = new SpanEncoder();
  for (const spans of [someSpans(count), someSpans(1)]) {
    const expected = ProtobufTraceSerializer.serializeRequest([...spans]);
    expect(encoder.encode(spans).equals(expected ?? Buffer.alloc(0))).toBe(true);
  }
});

it('encodes no spans as nothing', () => {
  expect(new SpanEncoder().encode([])).toHaveLength(0);
});
