// Medians, spreads and quantiles.

export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Of any numbers, in any order. */
export function quantiles(values) {
  const sorted = Float64Array.from(values).sort();
  return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) };
}

/** Median, minimum and maximum of a few rounds. */
export function spread(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

/** Between which of a few rounds the median lies with 95 % certainty, whatever their distribution. */
export function medianInterval(values) {
  const sorted = Float64Array.from(values).sort();
  const below = Math.max(0, Math.floor((sorted.length - 1.96 * Math.sqrt(sorted.length)) / 2));
  return { from: sorted[below], to: sorted.at(-1 - below) };
}
