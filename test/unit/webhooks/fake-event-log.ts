import type { ConversationEvent } from '../../../src/domain/event.js';
import { EventIdReusedError } from '../../../src/events/port/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { Appended } from '../../../src/events/port/stored-event.js';

/** The part of the log that webhooks write to, in memory. */
export class FakeEventLog implements Pick<EventLog, 'append' | 'publish'> {
  readonly stored: ConversationEvent[] = [];
  readonly published: ConversationEvent[] = [];
  /** When set, `append` and `publish` fail with it. */
  failure: Error | null = null;

  append(event: ConversationEvent): Promise<Appended> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const held = this.stored.find(({ id }) => id === event.id);
    if (held !== undefined && held.conversationId !== event.conversationId) return Promise.reject(new EventIdReusedError('reused'));
    if (held === undefined) this.stored.push(event);
    return Promise.resolve({ event: held ?? event, cursor: 'cursor', identity: null, duplicate: held !== undefined });
  }

  publish(event: ConversationEvent): void {
    if (this.failure !== null) throw this.failure;
    this.published.push(event);
  }
}
