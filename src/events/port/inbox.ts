import type { Customer } from '../../domain/customer.js';
import type { InboxReader } from '../../domain/inbox-reader.js';
import type { NamedAssignment } from '../../domain/inbox-summary.js';
import type { ConversationState } from '../../domain/state.js';
import type { StoredEvent } from './stored-event.js';

/** How many entries one call examines at most, however few of them match: a filter that matches rarely returns short pages. */
export const MAX_EXAMINED = 1_000;

/** A conversation in the inbox: what the log knows of it, at one moment. */
export interface InboxEntry {
  readonly conversationId: string;
  /** Its position in the inbox, for `after` and `before`. Changes with each activity. */
  readonly cursor: string;
  /** When its last event was received. */
  readonly lastActivityAt: Date;
  /** Cursor, in the conversation, of that event. */
  readonly lastActivityCursor: string;
  /** By events alone. */
  readonly state: ConversationState;
  readonly assignment: NamedAssignment | null;
  /** As last reported by an event; null if none did. */
  readonly customer: Customer | null;
  /** The stored message that was written last, by the contact centre's clock; null if none is stored. */
  readonly lastMessage: StoredEvent | null;
  /** Messages of others since the conversation entered the inbox. */
  readonly othersMessages: number;
  /** Those of them after the reader's marker. */
  readonly unread: number;
  /** Where the reader's marker stands: a cursor of the conversation; null if it has read nothing. */
  readonly readCursor: string | null;
}

/** All given conditions must match; null and false are none. */
export interface InboxConditions {
  readonly states: readonly ConversationState[] | null;
  /** As last reported by an event. */
  readonly customerId: string | null;
  readonly unreadOnly: boolean;
  /** Only these conversations. */
  readonly among: readonly string[] | null;
}

export interface InboxQuery {
  readonly reader: InboxReader;
  /** Only entries that are below this position; null from the top. Throws `BadUserInputError` if it is not a position in an inbox, `CursorExpiredError` if in that of another log. */
  readonly after: string | null;
  /** Only entries that are above this position; null to the bottom. Otherwise like `after`. */
  readonly before: string | null;
  /** 1 to `MAX_EXAMINED`. */
  readonly limit: number;
  /** True for the lowest of these entries, false for the highest. */
  readonly fromEnd: boolean;
  readonly conditions: InboxConditions;
}

export interface InboxPage {
  /** By last activity, newest first, also if read from the end. */
  readonly entries: readonly InboxEntry[];
  /** Where to go on: the `after` of the next page, or its `before` if read from the end. Null if there is none. */
  readonly next: string | null;
}

/** A read marker to store. */
export interface ReadMarker {
  /** Cursor of the conversation: events up to it are read. */
  readonly cursor: string;
  /** How many messages of others lie before it, counted like `InboxEntry.othersMessages`. */
  readonly seen: number;
}

/**
 * The conversations that have stored events, by last activity. Kept with each append, in the same transaction, so that a page needs no
 * other read. A conversation leaves, with its markers, when its last event expires or it is erased.
 */
export interface Inbox {
  page(query: InboxQuery): Promise<InboxPage>;
  /** The entries of conversations, in their order; null for those that are not in the inbox. */
  entries(conversationIds: readonly string[], reader: InboxReader): Promise<readonly (InboxEntry | null)[]>;
  /** Stores a marker unless the reader's is there or beyond already. Nothing happens if the conversation is not in the inbox. */
  storeMarker(conversationId: string, reader: InboxReader, marker: ReadMarker): Promise<void>;
}
