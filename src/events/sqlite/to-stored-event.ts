import { decodeEvent } from '../port/event-codec.js';
import type { Scope, StoredEvent } from '../port/event-log.js';
import type { CursorCodec } from './cursor-codec.js';
import type { SerializedEvent } from './worker-protocol.js';

/** An event as the store returns it, with its cursor in a scope. */
export function toStoredEvent({ seq, json, identity }: SerializedEvent, cursors: CursorCodec, scope: Scope): StoredEvent {
  return { event: decodeEvent(json), cursor: cursors.cursor(scope, seq), identity };
}
