import { asId, asRecord } from '../../../domain/read.js';
import type { UnknownRecord } from '../../../domain/read.js';
import { fiql } from '../fiql.js';
import { CONVERSATIONS } from '../paths.js';
import { differs, ok, unknown } from './finding.js';
import type { Verdict } from './finding.js';
import { isVerdict } from './probe.js';
import type { Probe, SeenPage } from './probe.js';

/** The selectors that the adapter assumes, and where a conversation tells what they select. */
export const SELECTORS: Readonly<Record<string, (conversation: UnknownRecord) => string | null>> = {
  channelId: (conversation) => asId(conversation['channelId']),
  state: (conversation) => asId(conversation['state']),
  'user.userId': (conversation) => asId(asRecord(conversation['user'])?.['userId']),
  'user.email': (conversation) => asId(asRecord(conversation['user'])?.['email']),
};

/** All that FIQL or a URL gives a meaning to. */
const RESERVED = ` ,;()=!"'%*+&é漢`;

/**
 * A filter by this selector finds what has the value, and nothing else.
 *
 * @param nonsense a value that surely nobody has
 */
export async function filterAsAssumed(probe: Probe, selector: string, sample: SeenPage | Verdict, nonsense: string): Promise<Verdict> {
  if (isVerdict(sample)) return sample;
  const valueOf = SELECTORS[selector] ?? (() => null);
  const value = sample.items.map(valueOf).find((one) => one !== null) ?? null;
  const wanted = value === null ? [nonsense] : [nonsense, value];
  for (const one of selector === 'state' ? ['created', 'active', 'idle'] : wanted) {
    const found = await filtered(probe, selector, one);
    if (isVerdict(found)) return found;
    if (found.items.some((conversation) => valueOf(conversation) !== one))
      return differs('finds conversations that it should not: it is ignored');
    if (one === value && found.items.length === 0) return differs('does not find a conversation that has the value');
  }
  return sample.items.length === 0
    ? unknown('there is no conversation to try it with')
    : ok(value === null ? 'taken; nothing has a value' : 'taken');
}

/** A value with reserved characters, percent-encoded, is taken for what it is. */
export async function encodingAsAssumed(probe: Probe, nonsense: string): Promise<Verdict> {
  const found = await filtered(probe, 'user.userId', RESERVED + nonsense);
  if (isVerdict(found)) return found;
  return found.items.length === 0
    ? ok('reserved characters are taken percent-encoded')
    : differs('reserved characters change what is found');
}

function filtered(probe: Probe, selector: string, value: string): Promise<SeenPage | Verdict> {
  return probe.page(CONVERSATIONS, 'conversations', { size: 100, page: 0, sort: 'id:asc', filter: fiql([[selector, value]]) ?? '' });
}
