import type { ConversationEvent } from '../../domain/event.js';
import { authorClass } from '../../domain/inbox-reader.js';
import { messageDigest } from '../../domain/message-digest.js';
import type { ListedMessage } from '../../domain/message-identity.js';
import { encodeEvent } from '../port/event-codec.js';
import { shortDigest } from '../port/short-digest.js';
import { toSerialized } from './worker-protocol.js';
import type { NewEvent } from './worker-protocol.js';

/** Converts an event for the worker. */
export function toNewEvent(event: ConversationEvent, echoOf: string | null = null, listed: readonly ListedMessage[] = []): NewEvent {
  const carriesMessage = event.type === 'MESSAGE_ADDED' && event.conversationId !== null;
  return {
    id: event.id,
    conversationId: event.conversationId,
    type: event.type,
    occurredAt: event.occurredAt.getTime(),
    receivedAt: event.receivedAt.getTime(),
    json: encodeEvent(event),
    digest: carriesMessage ? shortDigest(messageDigest(event.data.message)) : null,
    author: authorClass(event),
    echoOf,
    ...(event.type === 'CONVERSATION_UPDATED' && event.data.customer !== null ? { reported: event.data.customer.customerId } : {}),
    ...(listed.length === 0 ? {} : { listed: listed.map(toSerialized) }),
  };
}
