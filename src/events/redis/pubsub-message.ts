import type { ConversationEvent } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { decodeEvent, encodeEvent } from '../port/event-codec.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Position } from './positions.js';

/** Published when an event is stored. */
export interface StoredMessage {
  readonly kind: 'stored';
  readonly partition: number;
  readonly position: Position;
  /** The positions before it, in its conversation and in its partition: a subscriber that has not seen the previous one has a gap. */
  readonly previous: Position;
  readonly previousOfAll: Position;
  readonly identity: MessageIdentity | null;
  readonly event: ConversationEvent;
}

/** Published for a transient event, which is not stored. */
export interface TransientMessage {
  readonly kind: 'passing';
  /** Id of the publishing gateway. */
  readonly sender: string;
  readonly event: ConversationEvent;
}

/** Published when a conversation has been erased. */
export interface ErasureMessage {
  readonly kind: 'erased';
  /** Id of the publishing gateway. */
  readonly sender: string;
  readonly conversationId: string;
}

/** A received message. Its event is decoded on demand: most arrive twice and are used once. */
export type LiveMessage = Omit<StoredMessage, 'event' | 'identity'> & { readonly decode: () => Pick<StoredMessage, 'event' | 'identity'> };

export const encodeTransient = (sender: string, event: ConversationEvent): string => `P ${sender}\n${encodeEvent(event)}`;

export const encodeErasure = (sender: string, conversationId: string): string => `X ${sender}\n${conversationId}`;

/** Marker and four numeric fields. */
const HEAD = /^E (\d{1,6}) (\d+-\d+) (\d+-\d+) (\d+-\d+)$/;

/** Decodes a message written by the append script, `encodeTransient` or `encodeErasure`; null if it is none of these. */
export function decodeMessage(text: string): LiveMessage | TransientMessage | ErasureMessage | null {
  const first = text.indexOf('\n');
  const head = text.slice(0, first);
  if (head.startsWith('P ')) return { kind: 'passing', sender: head.slice(2), event: decodeEvent(text.slice(first + 1)) };
  if (head.startsWith('X ')) return { kind: 'erased', sender: head.slice(2), conversationId: text.slice(first + 1) };
  const [, partition, position = '', previous = '', previousOfAll = ''] = HEAD.exec(head) ?? [];
  if (partition === undefined) return null;
  const second = text.indexOf('\n', first + 1);
  const decode = () => {
    const json = text.slice(first + 1, second);
    return { identity: json === '' ? null : decodeMessageIdentity(json), event: decodeEvent(text.slice(second + 1)) };
  };
  return { kind: 'stored', partition: Number(partition), position, previous, previousOfAll, decode };
}
