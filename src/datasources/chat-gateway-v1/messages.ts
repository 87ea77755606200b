import type { MessageRecord } from '../../domain/message.js';
import { asId, asTime } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { toWellFormed } from '../../domain/well-formed.js';
import { messageContent } from '../shared/message-content.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { OutgoingMessage, MessageRange, ReadOptions } from '../chat-api.js';
import { positionsBetween } from '../positions-between.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { resource } from '../shared/json-body.js';
import { fetchWindow } from './list-reader.js';
import { changedConversation, conversationPath } from './paths.js';
import { messageBody } from './request-bodies.js';

/** Oldest first; empty where there is no such conversation. */
export async function messages(
  client: UpstreamCalls,
  conversationId: string,
  window: Window,
  read: ReadOptions,
): Promise<WindowOf<MessageRecord>> {
  const path = conversationPath(conversationId, 'messages');
  if (path === null) return { items: [], start: window.from, total: 0, hasMore: false };
  const item = (raw: UnknownRecord) => messageRecord(raw, listedId(raw));
  return fetchWindow(client, { operation: 'messages.list', path, rel: 'messages', sortBy: 'createdAt', item }, window, read);
}

/** One message; null where there is none. */
export async function message(
  client: UpstreamCalls,
  conversationId: string,
  messageId: string,
  read: ReadOptions,
): Promise<MessageRecord | null> {
  const path = conversationPath(conversationId, 'messages', messageId);
  const body = path === null ? null : await client.read({ operation: 'messages.get', path, ...read });
  return body === null ? null : messageRecord(resource(body), messageId);
}

/** Where the messages stand that were written after one moment and not after another. Null where no times are given, or the list has none. */
export async function locateInteraction(
  client: UpstreamCalls,
  conversationId: string,
  times: { readonly after: Date; readonly until: Date | null } | null,
  read: ReadOptions,
): Promise<MessageRange | null> {
  if (times === null) return null;
  const range = await positionsBetween((part) => messages(client, conversationId, part, read), times.after, times.until);
  return range === null ? null : { from: range.from, before: times.until === null ? null : range.before };
}

/** Sends a message; the upstream accepts it and answers nothing. */
export async function sendMessage(client: UpstreamCalls, conversationId: string, outgoing: OutgoingMessage): Promise<void> {
  const target = changedConversation(conversationId, 'messages');
  await client.change({ operation: 'messages.send', method: 'POST', accepts: 202, ...target, body: messageBody(outgoing) });
}

/** Well-formed: identities are kept under it, also where a script of Redis has to read it. */
function listedId(raw: UnknownRecord): string | null {
  const id = asId(raw['id']);
  return id === null ? null : toWellFormed(id);
}

function messageRecord(raw: UnknownRecord, messageId: string): MessageRecord;
function messageRecord(raw: UnknownRecord, messageId: string | null): MessageRecord | null;
function messageRecord(raw: UnknownRecord, messageId: string | null): MessageRecord | null {
  if (messageId === null) return null;
  const { author, text, attachments, cards, externalProvider = null } = messageContent(raw, raw['author']);
  // Written out: a page holds many, and copying with a spread takes ten times as long.
  return {
    author,
    text,
    attachments,
    cards,
    externalProvider,
    listedId: messageId,
    messageId,
    translatedText: null,
    createdAt: asTime(raw['createdAt']),
    interactionId: null,
  };
}
