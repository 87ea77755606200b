import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { differs, ok, unknown } from './finding.js';
import type { CheckResult } from './finding.js';
import { isCheckResult } from './diagnostic-client.js';
import type { SeenPage } from './diagnostic-client.js';

/** A filter of conversations that an adapter uses. */
export interface CheckedFilter {
  /** The value of a conversation that it selects by. */
  readonly readValue: (conversation: UnknownRecord) => string | null;
  /** The conversations that it finds. */
  readonly find: (value: string) => Promise<SeenPage | CheckResult>;
  /** Values to try, where not those that the conversations have. */
  readonly values?: readonly string[];
}

/**
 * A filter finds what has the value, and nothing else.
 *
 * @param nonsense a value that surely nobody has
 */
export async function checkFilter(filter: CheckedFilter, sample: SeenPage | CheckResult, nonsense: string): Promise<CheckResult> {
  if (isCheckResult(sample)) return sample;
  const { readValue, find } = filter;
  const value = sample.items.map(readValue).find((one) => one !== null) ?? null;
  for (const one of filter.values ?? (value === null ? [nonsense] : [nonsense, value])) {
    const found = await find(one);
    if (isCheckResult(found)) return found;
    if (found.items.some((conversation) => readValue(conversation) !== one))
      return differs('finds conversations that it should not: it is ignored');
    if (one === value && found.items.length === 0) return differs('does not find a conversation that has the value');
  }
  return sample.items.length === 0
    ? unknown('there is no conversation to try it with')
    : ok(value === null ? 'accepted; nothing has a value' : 'accepted');
}
