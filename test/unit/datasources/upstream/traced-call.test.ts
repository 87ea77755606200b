import { CallAbort } from '../../../../src/datasources/upstream/lightweight-abort-signal.js';
import { TracedCalls, tracedExchange } from '../../../../src/datasources/upstream/traced-call.js';
import { NO_TRACING } from '../../../../src/observability/tracing.js';
import type { Span, SpanAttributes, Tracing } from '../../../../src/observability/tracing.js';

const calls = new TracedCalls('https://host/path');
const call = calls.of({ operation: 'messages.list', method: 'GET' });
const NO_SPAN = NO_TRACING.start(null, 'internal', '', {});
const OK = { status: 200, retryAfterMs: null, text: '' };

/** What was started, and as a step of what. */
function recordingTracing() {
  const started: { parent: Span | null; name: string; attributes: SpanAttributes }[] = [];
  const tracing: Tracing = {
    ...NO_TRACING,
    enabled: true,
    start(parent, _kind, name, attributes) {
      started.push({ parent, name, attributes });
      return { ...NO_SPAN, headers: { traceparent: `of ${started.length}` } };
    },
  };
  return { tracing, started };
}

it('gives each attempt a span of its caller, and sends it on; a probe is a trace of its own', async () => {
  const { tracing, started } = recordingTracing();
  const caller = { ...NO_SPAN };
  const sent: unknown[] = [];
  const exchange = tracedExchange(
    tracing,
    () => call,
    caller,
    (_abort, headers) => {
      sent.push(headers?.['traceparent']);
      return Promise.resolve(OK);
    },
  );
  for (const isProbe of [false, false, true]) await exchange(new CallAbort(), isProbe);
  expect(started.map(({ parent }) => parent)).toEqual([caller, caller, null]);
  expect(started.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2]);
  expect(started[0]).toEqual({
    parent: caller,
    name: 'GET messages.list',
    attributes: {
      'http.request.method': 'GET',
      'server.address': 'host',
      'server.port': 443,
      'chat.upstream.operation': 'messages.list',
    },
  });
  expect(calls.of({ operation: 'messages.list', method: 'POST' }).name).toBe('POST messages.list');
  expect(sent).toEqual(['of 1', 'of 2', 'of 3']);
});

it('sends no headers where nothing is traced', async () => {
  const sent: unknown[] = [];
  const exchange = tracedExchange(
    NO_TRACING,
    () => call,
    null,
    (_abort, headers) => {
      sent.push(headers);
      return Promise.resolve(OK);
    },
  );
  await exchange(new CallAbort(), false);
  expect(sent).toEqual([null]);
});
