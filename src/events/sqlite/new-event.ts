import type { ConversationEvent } from '../../domain/event.js';
import { messageDigest } from '../../domain/message-digest.js';
import { encodeEvent } from '../port/event-codec.js';
import type { NewEvent } from './worker-protocol.js';

/** Converts an event for the worker. */
export function toNewEvent(event: ConversationEvent, echoOf: string | null = null): NewEvent {
  const carriesMessage = event.type === 'MESSAGE_ADDED' && event.conversationId !== null;
  return {
    id: event.id,
    conversationId: event.conversationId,
    type: event.type,
    occurredAt: event.occurredAt.getTime(),
    receivedAt: event.receivedAt.getTime(),
    json: encodeEvent(event),
    digest: carriesMessage ? messageDigest(event.data.message) : null,
    echoOf,
  };
}
