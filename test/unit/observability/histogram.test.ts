import { Histogram as PromHistogram, Registry } from 'prom-client';
import { Histogram } from '../../../src/observability/histogram.js';

const OPTIONS = { name: 'call_seconds', help: 'How long a call took', buckets: [0.001, 0.5, 2] };
const VALUES = [0, 0.0005, 0.001, 0.001_01, 0.5, 1.999, 2, 2.1, 1e9];

async function both<T extends string>(labelNames: T[], note: (histogram: Pick<Histogram<T>, 'observe'>) => void): Promise<string[]> {
  const [registry, expected] = [new Registry(), new Registry()];
  note(new Histogram({ ...OPTIONS, labelNames }, registry));
  const histogram = new PromHistogram({ ...OPTIONS, labelNames, registers: [expected] });
  note({ observe: (labels, seconds) => histogram.observe(labels, seconds) });
  return Promise.all([registry.metrics(), expected.metrics()]);
}

it('reports the same as a histogram of prom-client', async () => {
  const [text, expected] = await both(['operation', 'outcome'], (histogram) => {
    for (const [index, value] of VALUES.entries()) {
      histogram.observe({ operation: index % 2 ? 'messages.list' : 'quo"ted\n', outcome: 'OK' }, value);
      histogram.observe({ outcome: 'UPSTREAM_TIMEOUT', operation: 'messages.list' }, value);
    }
  });
  expect(text).toContain('call_seconds_count{operation="messages.list",outcome="OK"} 4');
  expect(text).toBe(expected);
});

it('reports the same without labels, from the start on', async () => {
  const [unreported, expectedUntold] = await both([], () => undefined);
  expect(unreported).toContain('call_seconds_count 0');
  expect(unreported).toBe(expectedUntold);
  const [text, expected] = await both([], (histogram) => {
    for (const value of VALUES) histogram.observe({}, value);
  });
  expect(text).toBe(expected);
});
