import type { ShownSummary } from '../../domain/inbox-summary.js';
import type { InboxEntry } from './inbox.js';

/** What an engine keeps of an entry, read for one reader. */
export interface StoredInboxEntry extends Pick<
  InboxEntry,
  'conversationId' | 'cursor' | 'lastActivityAt' | 'lastActivityCursor' | 'lastMessage' | 'othersMessages' | 'readCursor'
> {
  /** JSON of the `ShownSummary`; null if no event has changed it. */
  readonly shown: string | null;
  /** Of the marker; null if there is none. */
  readonly seen: number | null;
}

/** Completes an entry by its summary. */
export function toInboxEntry({ shown: json, seen, ...stored }: StoredInboxEntry): InboxEntry {
  const { state, assignment, customer } = json === null ? NOTHING : (JSON.parse(json) as ShownSummary);
  return { ...stored, state, assignment, customer, unread: Math.max(0, stored.othersMessages - (seen ?? 0)) };
}

const NOTHING = { state: 'UNKNOWN', assignment: null, customer: null } as const;
