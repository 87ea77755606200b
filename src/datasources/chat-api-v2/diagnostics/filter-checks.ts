import { asId, asRecord } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import type { CheckedFilter } from '../../diagnostics/filter-checks.js';
import { differs, ok, unknown } from '../../diagnostics/finding.js';
import type { CheckResult } from '../../diagnostics/finding.js';
import { isCheckResult } from '../../diagnostics/diagnostic-client.js';
import type { Probe } from '../../diagnostics/diagnostic-client.js';
import type { Paths } from '../paths.js';

/** The selectors that the adapter assumes, and the field of a conversation that each selects by. */
export const SELECTORS: Readonly<Record<string, (conversation: UnknownRecord) => string | null>> = {
  'channel-id': (conversation) => asId(conversation['channelId']),
  'customer.customerId': (conversation) => asId(asRecord(conversation['customer'])?.['customerId']),
  'customer.email': (conversation) => asId(asRecord(conversation['customer'])?.['email']),
};

/** The words for the stages of a conversation: together they are all. */
const STATUSES = ['created', 'pending', 'handling', 'deleted'];

/** A filter by one of the selectors. */
export const filterBy = (probe: Probe, paths: Paths, selector: string): CheckedFilter => ({
  readValue: SELECTORS[selector] ?? (() => null),
  find: (value) => probe.page(paths.conversations, 'data', { size: 100, page: 0, [selector]: value }),
});

/** Each status is accepted, and every conversation has one of them. A conversation does not show its own. */
export async function checkStatuses(probe: Probe, paths: Paths): Promise<CheckResult> {
  const totals: number[] = [];
  for (const status of [null, ...STATUSES]) {
    const seen = await probe.page(paths.conversations, 'data', { size: 1, page: 0, ...(status === null ? {} : { status }) });
    if (isCheckResult(seen)) return seen.result === 'differs' ? differs(`${status ?? 'none'}: ${seen.detail}`) : seen;
    totals.push(seen.total ?? 0);
  }
  const [all = 0, ...each] = totals;
  const sum = each.reduce((one, other) => one + other, 0);
  if (all === 0) return unknown('there is no conversation to try it with');
  return sum === all ? ok(`${all} in all`) : differs(`${sum} have one of them, of ${all}`);
}
