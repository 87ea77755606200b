/** A period in which no gateway of this log was there to receive webhooks, and which is not looked into completely yet. */
export interface LogGap {
  /** The last heartbeat before it. */
  readonly from: Date;
  readonly to: Date;
}

/** A heartbeat. */
export interface Heartbeat {
  readonly now: Date;
  /** When the newest stored event was received, if that was read; it is a heartbeat too. */
  readonly lastEventAt: Date | null;
  /** How long no heartbeat must have been written for that to be a gap, in milliseconds. */
  readonly gapMs: number;
}

/**
 * Whether this gateway is to look at a conversation. `claimed`: it is, and `release` must follow. `done`: it was looked at since then.
 * `busy`: another gateway is looking at it.
 */
export type LookClaim = 'claimed' | 'done' | 'busy';

/** What the gateways of one log note about the search for events that never arrived, stored beside the events. */
export interface HealingMarks {
  /** Writes a heartbeat. Returns the gap that is still to be looked into: one that ends now, or an earlier one; null if there is none. */
  beat(heartbeat: Heartbeat): Promise<LogGap | null>;
  /** Everything that was missing because of this gap has been looked for. Does nothing if the gap has grown meanwhile. */
  settle(gap: LogGap): Promise<void>;
  /** `since`: a look that ended before then does not count as done. A claim lapses after two minutes, so that a stopped gateway holds nobody up. */
  claim(conversationId: string, since: Date, now: Date): Promise<LookClaim>;
  /**
   * Ends a claim. `lookedAt`: when the look began after which nothing is missing any more; null if it failed, or is to be repeated. `repeatedInMs`: it is repeated after so long, and
   * `busy` until then for every gateway, so that nobody takes it for done; whoever asks first then repeats it.
   */
  release(conversationId: string, lookedAt: Date | null, repeatedInMs?: number): Promise<void>;
}

/** How long a claim lasts, in milliseconds. */
export const CLAIM_MS = 120_000;
/** How long it is remembered that a conversation was looked at: 24 h. */
export const LOOKED_AT_MS = 86_400_000;
