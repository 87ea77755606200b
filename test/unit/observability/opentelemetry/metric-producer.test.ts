import { emptyResource } from '@opentelemetry/resources';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { prometheusMetricProducer } from '../../../../src/observability/opentelemetry/metric-producer.js';

it('converts counters, gauges and histograms with their labels, cumulative; leaves out what OTLP has no equivalent of', async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'sent_total', help: 'Sent', labelNames: ['kind'], registers }).inc({ kind: 'a' }, 2.5);
  new Gauge({ name: 'open', help: 'Open', registers }).set(-3);
  const histogram = new Histogram({ name: 'took_seconds', help: 'Took', labelNames: ['route'], buckets: [0.1, 1], registers });
  for (const seconds of [0.1, 0.5, 0.7, 9]) histogram.observe({ route: '/a' }, seconds);
  histogram.observe({ route: '/b' }, 1);
  new Summary({ name: 'summed', help: 'Summed', registers }).observe(1);
  const producer = prometheusMetricProducer({
    resource: emptyResource(),
    scope: { name: 'test', version: '1' },
    metrics: () => registry.getMetricsAsJSON(),
  });
  const { resourceMetrics } = await producer.collect();
  const metrics = resourceMetrics.scopeMetrics[0]?.metrics ?? [];
  expect(
    metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.map(({ attributes, value }) => [attributes, value])]),
  ).toEqual([
    ['sent_total', [[{ kind: 'a' }, 2.5]]],
    ['open', [[{}, -3]]],
    [
      'took_seconds',
      [
        [{ route: '/a' }, { buckets: { boundaries: [0.1, 1], counts: [1, 2, 1] }, sum: 10.3, count: 4 }],
        [{ route: '/b' }, { buckets: { boundaries: [0.1, 1], counts: [0, 1, 0] }, sum: 1, count: 1 }],
      ],
    ],
  ]);
});
