import type { Attributes, HrTime } from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import type { CollectionResult, DataPoint, Histogram, MetricData, MetricProducer } from '@opentelemetry/sdk-metrics';
import type { PrometheusMetric } from '../prometheus-metric.js';

export interface MetricProducerOptions {
  readonly resource: Resource;
  readonly scope: { readonly name: string; readonly version: string };
  /** The registry's metrics now. */
  readonly metrics: () => Promise<readonly PrometheusMetric[]>;
}

/** What Prometheus scrapes, under the same names and with the same values: cumulative, from when the process began. */
export function prometheusMetricProducer({ resource, scope, metrics }: MetricProducerOptions): MetricProducer {
  const startTime = hrTime(0);
  return {
    async collect(): Promise<CollectionResult> {
      const found = await metrics();
      const times = { startTime, endTime: hrTime() };
      return {
        resourceMetrics: { resource, scopeMetrics: [{ scope, metrics: found.flatMap((metric) => toMetricData(metric, times) ?? []) }] },
        errors: [],
      };
    },
  };
}

interface Times {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** Null if of a type that OTLP has no equivalent of (a summary), which this gateway has none of. */
function toMetricData(metric: PrometheusMetric, times: Times): MetricData | null {
  const { name, help: description, type, values } = metric;
  const common = {
    // Prometheus adds a unit to a name that lacks it; ours have it.
    descriptor: { name, description, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const points = () => values.map(({ labels, value }) => ({ ...times, attributes: toAttributes(labels), value }));
  if (type === 'counter') return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() };
  if (type === 'gauge') return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: points() };
  if (type === 'histogram') return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histogramPoints(metric, times) };
  return null;
}

interface Collected {
  readonly attributes: Attributes;
  /** Upper bounds, ascending, and how many values were at most so large. */
  readonly bounds: number[];
  readonly cumulative: number[];
  sum: number;
  count: number;
}

function histogramPoints({ name, values }: PrometheusMetric, times: Times): DataPoint<Histogram>[] {
  const series = new Map<string, Collected>();
  for (const { labels, value, metricName } of values) {
    const { le, ...others } = labels;
    const attributes = toAttributes(others);
    const key = JSON.stringify(Object.entries(attributes).sort());
    const collected = series.get(key) ?? { attributes, bounds: [], cumulative: [], sum: 0, count: 0 };
    series.set(key, collected);
    if (metricName === `${name}_sum`) collected.sum = value;
    else if (metricName === `${name}_count`) collected.count = value;
    else if (le !== '+Inf') {
      collected.bounds.push(Number(le));
      collected.cumulative.push(value);
    }
  }
  return [...series.values()].map(({ attributes, bounds, cumulative, sum, count }) => ({
    ...times,
    attributes,
    value: {
      buckets: { boundaries: bounds, counts: [...cumulative, count].map((up, index) => up - (cumulative[index - 1] ?? 0)) },
      sum,
      count,
    },
  }));
}

function toAttributes(labels: Readonly<Record<string, string | number | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
