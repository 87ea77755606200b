import type { Projections } from '../../history/projections.js';
import type { EventLog } from '../../port/event-log.js';

export interface OpenConversationsOptions {
  readonly log: Pick<EventLog, 'activeSince' | 'followed' | 'read'>;
  readonly projections: Pick<Projections, 'of'>;
}

/** Which conversations are open, by the events alone: costs no upstream call. */
export class OpenConversations {
  constructor(private readonly options: OpenConversationsOptions) {}

  /** Those with events since then, and those that somebody follows at this gateway. */
  async candidates(activeSince: Date): Promise<readonly string[]> {
    const { log } = this.options;
    return [...new Set([...log.followed(), ...(await log.activeSince(activeSince))])];
  }

  /** Not over. A conversation without events counts as open: its first may be what is missing. */
  async isOpen(conversationId: string): Promise<boolean> {
    return (await this.options.projections.of(conversationId)).state !== 'IDLE';
  }

  /** Whether an event was received since then. */
  async isActiveSince(conversationId: string, since: Date): Promise<boolean> {
    const { events } = await this.options.log.read({ conversationId }, { limit: 1, fromEnd: true });
    return (events[0]?.event.receivedAt ?? new Date(0)) >= since;
  }

  /** Those of the candidates that are open, or that were active since then. */
  async find(activeSince: Date): Promise<readonly string[]> {
    const open: string[] = [];
    for (const conversationId of await this.candidates(activeSince)) if (await this.isOpen(conversationId)) open.push(conversationId);
    return open;
  }
}
