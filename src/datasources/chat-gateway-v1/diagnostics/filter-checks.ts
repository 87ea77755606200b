import { asId, asRecord } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import { fiql } from '../fiql.js';
import { CONVERSATIONS } from '../paths.js';
import type { CheckedFilter } from '../../diagnostics/filter-checks.js';
import { differs, ok } from '../../diagnostics/finding.js';
import type { CheckResult } from '../../diagnostics/finding.js';
import { isCheckResult } from '../../diagnostics/diagnostic-client.js';
import type { Probe, SeenPage } from '../../diagnostics/diagnostic-client.js';

/** The selectors that the adapter assumes, and the field of a conversation that each selects by. */
export const SELECTORS: Readonly<Record<string, (conversation: UnknownRecord) => string | null>> = {
  channelId: (conversation) => asId(conversation['channelId']),
  state: (conversation) => asId(conversation['state']),
  'user.userId': (conversation) => asId(asRecord(conversation['user'])?.['userId']),
  'user.email': (conversation) => asId(asRecord(conversation['user'])?.['email']),
};

/** All characters with a meaning in FIQL or a URL. */
const RESERVED = ` ,;()=!"'%*+&é漢`;

/** A filter by one of the selectors. */
export const filterBy = (probe: Probe, selector: string): CheckedFilter => ({
  readValue: SELECTORS[selector] ?? (() => null),
  find: (value) => filtered(probe, selector, value),
  ...(selector === 'state' ? { values: ['created', 'active', 'idle'] } : {}),
});

/** A value with reserved characters, percent-encoded, is read as it is. */
export async function checkEncoding(probe: Probe, nonsense: string): Promise<CheckResult> {
  const found = await filtered(probe, 'user.userId', RESERVED + nonsense);
  if (isCheckResult(found)) return found;
  return found.items.length === 0
    ? ok('reserved characters are accepted percent-encoded')
    : differs('reserved characters change what is found');
}

function filtered(probe: Probe, selector: string, value: string): Promise<SeenPage | CheckResult> {
  return probe.page(CONVERSATIONS, 'conversations', { size: 100, page: 0, sort: 'id:asc', filter: fiql([[selector, value]]) ?? '' });
}
