import type { EventType } from '../../domain/event.js';
import type { StoredEvent } from './stored-event.js';

/** Selects a page of stored events. */
export interface ReadRange {
  /**
   * Only events after this cursor. Throws `BadUserInputError` if it is malformed or of another scope, `CursorExpiredError` if it can no
   * longer be resumed from.
   */
  readonly after?: string;
  /** Only events before this cursor. Never expires. */
  readonly before?: string;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Reads the last `limit` events of the range instead of the first. The page is in log order either way. */
  readonly fromEnd?: boolean;
  readonly types?: readonly EventType[];
  /** Skips events after `after` that were removed, instead of rejecting the cursor. One of another epoch is rejected all the same. */
  readonly skipRemoved?: boolean;
}

/** A page of stored events. */
export interface LogPage {
  /** In log order. */
  readonly events: readonly StoredEvent[];
  /** True if there are more events in the direction of the read. */
  readonly hasMore: boolean;
}

/** A page read by a subscription. */
export interface SubscriptionPage extends LogPage {
  /** Every event of the scope up to this cursor was examined. At or after the cursor of the page's last event. */
  readonly upTo: string;
}
