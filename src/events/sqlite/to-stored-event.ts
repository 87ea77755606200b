import { decodeEvent } from '../port/event-codec.js';
import type { Scope, UnlistedMessage } from '../port/event-log.js';
import type { StoredEvent } from '../port/stored-event.js';
import type { CursorCodec } from './cursor-codec.js';
import type { SerializedEvent, SerializedUnlisted } from './worker-protocol.js';

/** An event as the store returns it, with its cursor in a scope. */
export function toStoredEvent({ seq, json, identity }: SerializedEvent, cursors: CursorCodec, scope: Scope): StoredEvent {
  return { event: decodeEvent(json), cursor: cursors.cursor(scope, seq), identity };
}

export const toUnlistedMessage = ([id, clientMessageId, occurredAt, receivedAt]: SerializedUnlisted): UnlistedMessage => ({
  identity: { id, listedId: null, clientMessageId },
  occurredAt: new Date(occurredAt),
  receivedAt: new Date(receivedAt),
});
