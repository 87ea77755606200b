import { ExportResultCode } from '@opentelemetry/core';
import type { ExportResult } from '@opentelemetry/core';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ExportMonitor } from '../../../../src/observability/opentelemetry/export-monitor.js';

const OK = { code: ExportResultCode.SUCCESS };
const FAILED = { code: ExportResultCode.FAILED, error: Object.assign(new Error('the body of the answer'), { code: 503 }) };

/** A monitor between a processor that keeps spans until they are exported, and an exporter that answers as the test wants. */
function monitored(queueSize: number) {
  const monitor = new ExportMonitor();
  const lines: unknown[] = [];
  const lost: unknown[] = [];
  const log = (level: string) => (fields: object, message: string) => void lines.push([level, message, fields]);
  monitor.reportTo({ logger: { info: log('info'), warn: log('warn') }, onLost: (reason, count) => void lost.push([reason, count]) });
  let result: ExportResult = OK;
  const exporter = monitor.spans({ export: (_spans, done) => done(result), shutdown: () => Promise.resolve() });
  let queue: ReadableSpan[] = [];
  const processor = monitor.bounded(
    {
      onStart: () => undefined,
      onEnd: (span) => void queue.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
    queueSize,
  );
  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
  return {
    lines,
    lost,
    end: (count: number) => {
      for (let n = 0; n < count; n += 1) tracer.startSpan('one').end();
    },
    export: (answer: ExportResult) => {
      result = answer;
      exporter.export(queue, () => undefined);
      queue = [];
    },
    queued: () => queue.length,
  };
}

it('counts each span that ends while the queue is full, and logs once until nothing was dropped between two exports', () => {
  const { end, export: exportAll, lines, lost, queued } = monitored(3);
  end(5);
  expect([queued(), lost]).toEqual([
    3,
    [
      ['queue_full', 1],
      ['queue_full', 1],
    ],
  ]);
  const warned = ['warn', 'telemetry: queue full, spans are dropped', {}];
  expect(lines).toEqual([warned]);
  exportAll(OK);
  end(4);
  expect(lines).toEqual([warned]);
  exportAll(OK);
  exportAll(OK);
  end(4);
  expect([queued(), lost.length, lines]).toEqual([3, 4, [warned, warned]]);
});

it('logs once that exports fail, without what the collector said, and once that they work again', () => {
  const { end, export: exportAll, lines, lost } = monitored(3);
  for (const answer of [FAILED, FAILED, OK, OK]) {
    end(2);
    exportAll(answer);
  }
  expect(lost).toEqual([
    ['export_failed', 2],
    ['export_failed', 2],
  ]);
  expect(lines).toEqual([
    ['warn', 'telemetry: export failed', { signal: 'traces', reason: 503 }],
    ['info', 'telemetry: export works again', { signal: 'traces' }],
  ]);
});
