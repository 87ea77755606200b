/** A metric as a registry of prom-client reports it. */
export interface PrometheusMetric {
  readonly name: string;
  readonly help: string;
  readonly type: unknown;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number | undefined>>;
    /** Of a histogram: its name with `_bucket`, `_sum` or `_count`. */
    readonly metricName?: string | undefined;
  }[];
}
