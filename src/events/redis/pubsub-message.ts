import type { ConversationEvent } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { decodeEvent, encodeEvent } from '../port/event-codec.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Position } from './positions.js';

/** What is told of an event as it is stored. */
export interface StoredMessage {
  readonly kind: 'stored';
  readonly partition: number;
  readonly position: Position;
  /** The positions before it, in its conversation and in its partition: who has not seen that one has missed something. */
  readonly previous: Position;
  readonly previousOfAll: Position;
  readonly identity: MessageIdentity | null;
  readonly event: ConversationEvent;
}

/** What is told of an event that is not stored. */
export interface TransientMessage {
  readonly kind: 'passing';
  /** Of the gateway that told of it. */
  readonly sender: string;
  readonly event: ConversationEvent;
}

/** A message that was received, its event read only when it is wanted: most are told twice, and looked at once. */
export type LiveMessage = Omit<StoredMessage, 'event' | 'identity'> & { readonly told: () => Pick<StoredMessage, 'event' | 'identity'> };

export const encodeTransient = (sender: string, event: ConversationEvent): string => `P ${sender}\n${encodeEvent(event)}`;

/** Four fields, all numbers. */
const HEAD = /^E (\d{1,6}) (\d+-\d+) (\d+-\d+) (\d+-\d+)$/;

/** A message as the append script writes it, or `encodePassing`; null where it is neither. */
export function decodeMessage(text: string): LiveMessage | TransientMessage | null {
  const first = text.indexOf('\n');
  const head = text.slice(0, first);
  if (head.startsWith('P ')) return { kind: 'passing', sender: head.slice(2), event: decodeEvent(text.slice(first + 1)) };
  const [, partition, position = '', previous = '', previousOfAll = ''] = HEAD.exec(head) ?? [];
  if (partition === undefined) return null;
  const second = text.indexOf('\n', first + 1);
  const told = () => {
    const json = text.slice(first + 1, second);
    return { identity: json === '' ? null : decodeMessageIdentity(json), event: decodeEvent(text.slice(second + 1)) };
  };
  return { kind: 'stored', partition: Number(partition), position, previous, previousOfAll, told };
}
