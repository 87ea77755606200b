import type { Clock } from '../domain/clock.js';
import type { ConversationEvent } from '../domain/event.js';
import type { Viewer } from './viewer.js';

/** How long ownership of a conversation is trusted without an event that changes it: 5 min. */
const RECHECK_MS = 300_000;
/** How far apart the clocks of several gateways may be. */
const MARGIN_MS = 60_000;

export type Decision = 'ALLOW' | 'EXPIRED' | 'DENY';

/**
 * Whether a viewer may have an event of what it has subscribed to: decided for each event, synchronously unless the conversation may have become another
 * customer's meanwhile.
 */
export class EventAuthorizer {
  #checkedAt: number;

  /** @param isOwn asks the upstream whether the conversation is still the viewer's; null where the token alone decides */
  constructor(
    private readonly viewer: Viewer,
    private readonly clock: Clock,
    private readonly isOwn: (() => Promise<boolean>) | null,
  ) {
    this.#checkedAt = clock();
  }

  authorize(event: ConversationEvent): Decision | Promise<Decision> {
    const { expiresAt } = this.viewer;
    if (expiresAt !== null && expiresAt.getTime() <= this.clock()) return 'EXPIRED';
    if (this.isOwn === null) return 'ALLOW';
    const now = this.clock();
    // A change from before the last check was seen by it. On replay, who had it once decides nothing.
    const mayHaveChanged = event.type === 'CONVERSATION_UPDATED' && event.receivedAt.getTime() > this.#checkedAt - MARGIN_MS;
    return mayHaveChanged || now - this.#checkedAt >= RECHECK_MS ? this.#check(this.isOwn, now, mayHaveChanged) : 'ALLOW';
  }

  async #check(isOwn: () => Promise<boolean>, now: number, mayHaveChanged: boolean): Promise<Decision> {
    try {
      const decision = (await isOwn()) ? 'ALLOW' : 'DENY';
      this.#checkedAt = now;
      return decision;
    } catch (error) {
      // An outage of the upstream swallows no event, unless this one says that there may be another owner.
      if (mayHaveChanged) throw error;
      return 'ALLOW';
    }
  }
}
