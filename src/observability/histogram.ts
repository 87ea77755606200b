import type { Metric, Registry } from 'prom-client';

/** Of one set of labels: by bucket how many it holds alone, the last for what is above all bounds. */
interface Series<T extends string> {
  readonly labels: Readonly<Record<T, string>>;
  readonly counts: number[];
  sum: number;
}

export interface TimingsOptions<T extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly T[];
  /** Upper bounds in seconds, ascending. */
  readonly buckets: readonly number[];
}

/** A histogram in a registry of prom-client, whose own takes 2 µs to note a value: its labels are checked and sorted each time. */
export class Histogram<T extends string = never> {
  readonly #series = new Map<string, Series<T>>();

  constructor(
    private readonly options: TimingsOptions<T>,
    registry: Registry,
  ) {
    const { name, help, labelNames } = options;
    if (labelNames.length === 0) this.#of({} as Readonly<Record<T, string>>);
    const metric = { name, help, type: 'histogram', aggregator: 'sum', get: () => Promise.resolve(this.#toPrometheus()) };
    registry.registerMetric(metric as unknown as Metric);
  }

  /** Notes one that took so many seconds. */
  observe(labels: Readonly<Record<T, string>>, seconds: number): void {
    const series = this.#of(labels);
    const { buckets } = this.options;
    let bucket = 0;
    while (bucket < buckets.length && seconds > (buckets[bucket] ?? Infinity)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
  }

  #of(labels: Readonly<Record<T, string>>): Series<T> {
    let key = '';
    for (const name of this.options.labelNames) key += `${labels[name]}\n`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels: { ...labels }, counts: [...this.options.buckets, Infinity].map(() => 0), sum: 0 };
      this.#series.set(key, series);
    }
    return series;
  }

  /** As prom-client writes it: each bucket with all that the smaller ones hold. */
  #toPrometheus(): object {
    const { name, help, buckets } = this.options;
    const values = [...this.#series.values()].flatMap(({ labels, counts, sum }) => {
      let count = 0;
      const ofBuckets = [...buckets, '+Inf'].map((le, index) => {
        count += counts[index] ?? 0;
        return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
      });
      return [...ofBuckets, { metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: count }];
    });
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}
