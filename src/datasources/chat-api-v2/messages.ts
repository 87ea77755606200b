import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import { digestId, messageDigest } from '../../domain/message-digest.js';
import type { MessageRecord } from '../../domain/message.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { participantType } from '../shared/enums.js';
import { windowOfArray } from '../../domain/window.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { OutgoingMessage, MessageRange, ReadOptions } from '../chat-api.js';
import { resource } from '../shared/json-body.js';
import { listed } from './response-body.js';
import type { Upstream } from './paths.js';
import { AUTHOR_TYPES } from './vocabulary.js';

/** In the upstream's order, the oldest first (as far as is known: the contract names no order); empty where there is no such conversation. */
export async function messages(
  upstream: Upstream,
  conversationId: string,
  window: Window,
  read: ReadOptions,
): Promise<WindowOf<MessageRecord>> {
  return windowOfArray(window, await allMessages(upstream, conversationId, read));
}

/** The message that `listedId` was worked out for; null where there is none. */
export async function message(
  upstream: Upstream,
  conversationId: string,
  listedId: string,
  read: ReadOptions,
): Promise<MessageRecord | null> {
  return (await messageList(upstream, conversationId, read)).byId.get(listedId) ?? null;
}

/** Where an interaction's messages stand. Null where another one's stand between them: see `interactionMessages`. */
export async function locateInteraction(
  upstream: Upstream,
  conversationId: string,
  { interactionId, isOpen }: { readonly interactionId: string; readonly isOpen: boolean },
  read: ReadOptions,
): Promise<MessageRange | null> {
  const all = await allMessages(upstream, conversationId, read);
  const from = all.findIndex((one) => one.interactionId === interactionId);
  if (from === -1) return { from: all.length, before: isOpen ? null : all.length };
  const before = all.findLastIndex((one) => one.interactionId === interactionId) + 1;
  const isWhole = all.slice(from, before).every((one) => one.interactionId === interactionId);
  // More of it may come where it is the last; behind another one, it ends here for now.
  return isWhole ? { from, before: isOpen && before === all.length ? null : before } : null;
}

/** A window of an interaction's messages, wherever they stand among others. */
export async function interactionMessages(
  upstream: Upstream,
  conversationId: string,
  interactionId: string,
  window: Window,
  read: ReadOptions,
): Promise<WindowOf<MessageRecord>> {
  const all = await allMessages(upstream, conversationId, read);
  return windowOfArray(
    window,
    all.filter((one) => one.interactionId === interactionId),
  );
}

/** Sends a message; the upstream accepts it and answers nothing. */
export async function sendMessage({ client, paths }: Upstream, conversationId: string, outgoing: OutgoingMessage): Promise<void> {
  const body = { authorType: AUTHOR_TYPES[outgoing.sender], text: toText(outgoing) };
  const target = paths.changedConversation(conversationId, 'messages');
  await client.change({ operation: 'messages.send', method: 'POST', accepts: 202, ...target, body });
}

/** All that a message can hold here. Throws `UnsupportedByUpstreamError` where it holds anything else. */
export function toText({ text, attachmentIds, cards }: OutgoingMessage): string {
  if (attachmentIds.length > 0 || cards.length > 0)
    throw new UnsupportedByUpstreamError('The contact centre accepts text messages only, without attachments and cards.');
  return text ?? '';
}

interface MessageList {
  readonly all: readonly MessageRecord[];
  readonly byId: ReadonlyMap<string, MessageRecord>;
}

const EMPTY: MessageList = { all: [], byId: new Map() };

/** Keyed by the answer that they were read from. Reads that share a call share its answer, and computing all digests again for each of them would block for seconds. */
const lists = new WeakMap<object, MessageList>();

/** The upstream has no pages here: each read is the whole list. */
async function messageList({ client, paths }: Upstream, conversationId: string, read: ReadOptions): Promise<MessageList> {
  const path = paths.conversation(conversationId, 'messages');
  const body = path === null ? null : await client.read({ operation: 'messages.list', path, ...read });
  if (body === null) return EMPTY;
  const answer = resource(body);
  const known = lists.get(answer);
  if (known !== undefined) return known;
  const all = parseMessages(answer);
  const list = { all, byId: new Map(all.map((record) => [record.listedId, record])) };
  lists.set(answer, list);
  return list;
}

async function allMessages(upstream: Upstream, conversationId: string, read: ReadOptions): Promise<readonly MessageRecord[]> {
  return (await messageList(upstream, conversationId, read)).all;
}

function parseMessages(answer: UnknownRecord): readonly MessageRecord[] {
  const alike = new Map<string, number>();
  return listed(answer, 'messages').map((raw) => {
    const said = messageContent(raw);
    const digest = messageDigest(said);
    const count = (alike.get(digest) ?? 0) + 1;
    alike.set(digest, count);
    // Messages have no id. Its rank among equal messages is stable, whatever is inserted before it.
    return { ...said, listedId: digestId(digest, count), messageId: null, createdAt: null };
  });
}

function messageContent(raw: unknown): Omit<MessageRecord, 'listedId' | 'messageId' | 'createdAt'> {
  const record = asRecord(raw);
  const type = asId(record?.['authorType']) ?? asId(record?.['type']);
  const participantId = asId(record?.['participantId']) ?? asId(record?.['senderId']) ?? type ?? 'unknown';
  return {
    author: { participantId, type: participantType(type), name: null, language: null, removed: null },
    text: asText(record?.['originalText']) ?? asText(record?.['text']),
    translatedText: asText(record?.['translatedText']),
    interactionId: asId(record?.['interactionId']),
    attachments: [],
    cards: [],
  };
}
