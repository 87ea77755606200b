import type { ChatEvent, ChatMessage, ConversationView, OutgoingMessage } from 'chat-graphql-gateway-client';
import { startOfDay } from './formats';
import type { Texts } from './texts/english';

/** A line of the transcript. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'note'; readonly key: string; readonly text: string }
  | { readonly kind: 'unread'; readonly key: string }
  | MessageRow
  | { readonly kind: 'pending'; readonly key: string; readonly entry: OutgoingMessage }
  | { readonly kind: 'replies'; readonly key: string; readonly message: ChatMessage }
  | { readonly kind: 'typing'; readonly key: string; readonly name: string };

export interface MessageRow {
  readonly kind: 'message';
  readonly key: string;
  readonly message: ChatMessage;
  /** Of the agent, where it is known. */
  readonly name: string | null;
  /** Of its group: messages of one author within a few minutes. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** On the customer's newest message that was delivered, and on the newest that was read. */
  readonly mark: 'delivered' | 'read' | null;
}

/** Messages of one author that are not further apart form a group. */
const GROUP_MS = 5 * 60_000;

type Part = Pick<ConversationView, 'messages' | 'events' | 'hasOlder' | 'pending' | 'typing' | 'state' | 'readByOthersAt'>;

/** The transcript, oldest first. `unreadFrom` is the id of the message that the unread line stands before. */
export function rowsOf(conversation: Part, unreadFrom: string | null, texts: Texts): Row[] {
  const { pending, typing, messages, state } = conversation;
  const rows = grouped(withDays(inOrder(conversation, texts), unreadFrom), conversation);
  for (const entry of pending) rows.push({ kind: 'pending', key: entry.clientMessageId, entry });
  const newest = messages.at(-1);
  if (newest && newest.author.type !== 'CUSTOMER' && state !== 'IDLE' && pending.length === 0 && newest.cards.length > 0) {
    rows.push({ kind: 'replies', key: `replies ${newest.id}`, message: newest });
  }
  const typist = typing.find(({ type }) => type !== 'CUSTOMER');
  if (typist) rows.push({ kind: 'typing', key: 'typing', name: typist.name ?? texts.someone });
  return rows;
}

type Item = (Omit<MessageRow, 'isFirst' | 'isLast' | 'mark'> | Extract<Row, { kind: 'note' }>) & { readonly at: number };

/** Messages and notes in order of time; events before the first message loaded are left out. */
function inOrder({ messages, events, hasOlder }: Part, texts: Texts): Item[] {
  let last = -Infinity;
  const said = messages.map((message): Item => {
    // A message without a time, or with a wrong one, keeps its position in the list.
    last = Math.max(last, message.createdAt === null ? -Infinity : Date.parse(message.createdAt));
    return { kind: 'message', key: message.clientMessageId ?? message.id, at: last, message, name: nameOf(message, last, events) };
  });
  const from = hasOlder ? (said[0]?.at ?? -Infinity) : -Infinity;
  const notes = events.flatMap((event): Item[] => {
    const text = note(event, texts);
    return text === null ? [] : [{ kind: 'note', key: event.id, at: Date.parse(event.occurredAt), text }];
  });
  return [...said, ...notes.filter(({ at }) => at >= from)].sort((a, b) => a.at - b.at);
}

/** A message may not name its agent; then it is whoever had joined by then, or joined first: the times of messages and events come from two clocks. */
function nameOf({ author }: ChatMessage, at: number, events: readonly ChatEvent[]): string | null {
  if (author.name !== null || author.type !== 'AGENT') return author.name;
  const joined = events.flatMap((event) => (event.__typename === 'AgentJoined' ? [event] : []));
  const agent = joined.findLast(({ occurredAt }) => Date.parse(occurredAt) <= at) ?? joined[0];
  return agent?.agent.name ?? null;
}

/** Text for the customer; null if the event is not shown. */
function note(event: ChatEvent, texts: Texts): string | null {
  switch (event.__typename) {
    case 'AgentJoined':
      return texts.joined(event.agent.name ?? texts.someone);
    case 'ConversationTransferred':
      return texts.transferred;
    case 'InteractionEnded':
      return texts.hasEnded;
    default:
      return null;
  }
}

type Marked = Item | Exclude<Row, { kind: 'message' | 'note' }>;

function withDays(items: readonly Item[], unreadFrom: string | null): Marked[] {
  let day = -Infinity;
  return items.flatMap((item) => {
    const before: Marked[] = [];
    const itsDay = Number.isFinite(item.at) ? startOfDay(item.at) : day;
    if (itsDay > day) {
      before.push({ kind: 'day', key: `day ${itsDay}`, at: itsDay });
      day = itsDay;
    }
    if (item.kind === 'message' && item.message.id === unreadFrom) before.push({ kind: 'unread', key: 'unread' });
    return [...before, item];
  });
}

function grouped(items: readonly Marked[], { readByOthersAt }: Part): Row[] {
  const isOwn = (item: Marked) => item.kind === 'message' && item.message.author.type === 'CUSTOMER';
  const readAt = readByOthersAt === null ? -Infinity : Date.parse(readByOthersAt);
  const delivered = items.findLast(isOwn);
  const read = items.findLast((item) => isOwn(item) && 'at' in item && item.at <= readAt);
  const belong = (one: Marked | undefined, next: Marked | undefined) =>
    one?.kind === 'message' &&
    next?.kind === 'message' &&
    one.message.author.type === next.message.author.type &&
    one.message.author.id === next.message.author.id &&
    !(next.at - one.at > GROUP_MS);
  return items.map((item, index): Row => {
    if (item.kind !== 'message') return item;
    const mark = item === read ? 'read' : item === delivered ? 'delivered' : null;
    return { ...item, isFirst: !belong(items[index - 1], item), isLast: !belong(item, items[index + 1]), mark };
  });
}
