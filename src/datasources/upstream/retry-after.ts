/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `now` (epoch ms): RFC 9110 section 10.2.3, whole seconds or a date in GMT.
 * 0 for a date gone by; null where there is no header, or none that can be read.
 */
export function retryAfterMs(header: unknown, now: number): number | null {
  const text = typeof header === 'string' ? header.trim() : '';
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // Date.parse accepts much that is no HTTP date ("5.5"), and reads what has no zone as local time.
  const date = text.endsWith('GMT') ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
