import type { MessagesQuery } from '../generated/graphql.js';

type Page = NonNullable<NonNullable<MessagesQuery['conversation']>['messages']>;
export type ChatMessage = Page['nodes'][number];

/** A page in the middle of the list says where it ends; the newest one ends where the list does. */
export interface MessagePage {
  readonly nodes: readonly ChatMessage[];
  readonly pageInfo: Pick<Page['pageInfo'], 'hasPreviousPage' | 'startCursor'> & Partial<Page['pageInfo']>;
}

/** The messages loaded so far: a contiguous part of the conversation's list. */
export interface MessageWindow {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  /** Received since, while newer messages than these are not loaded. */
  readonly ahead: readonly ChatMessage[];
  /** Cursor of the first one; null if it is the conversation's first. */
  readonly before: string | null;
  /** Cursor of the last one; null if it is the conversation's last. */
  readonly after: string | null;
}

export const EMPTY_WINDOW: MessageWindow = { messages: [], ahead: [], before: null, after: null };

/** All known messages, with those that are not contiguous. */
export const knownMessages = ({ messages, ahead }: MessageWindow): readonly ChatMessage[] => [...messages, ...ahead];

/** The newest page. If it does not overlap what is loaded, messages may be missing between the two: it replaces them, or waits while the reader is elsewhere. */
export function mergeLatest(window: MessageWindow, page: MessagePage): MessageWindow {
  if (page.nodes.length === 0) return window;
  if (window.after !== null) return { ...window, ahead: page.nodes };
  const start = window.messages.findIndex(({ id }) => page.nodes.some((message) => message.id === id));
  if (start === -1) return windowOf({ ...page, pageInfo: { ...page.pageInfo, hasNextPage: false } });
  return { ...window, messages: merge(window.messages, page.nodes) };
}

/** A page as the only one. */
export function windowOf({ nodes, pageInfo }: MessagePage, ahead: readonly ChatMessage[] = []): MessageWindow {
  const before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
  const after = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
  return after === null ? { messages: merge(nodes, ahead), ahead: [], before, after } : { messages: nodes, ahead, before, after };
}

/** The page before `window.before`. */
export function mergeOlder(window: MessageWindow, { nodes, pageInfo }: MessagePage): MessageWindow {
  return { ...window, messages: merge(nodes, window.messages), before: pageInfo.hasPreviousPage ? pageInfo.startCursor : null };
}

/** The page after `window.after`. */
export function mergeNewer(window: MessageWindow, page: MessagePage): MessageWindow {
  const { messages, ahead, after } = windowOf(page, window.ahead);
  return { ...window, messages: merge(window.messages, messages), ahead, after };
}

/** A message that an event has added. */
export function receive(window: MessageWindow, message: ChatMessage): MessageWindow {
  if (knownMessages(window).some(({ id }) => id === message.id)) return window;
  if (window.after !== null) return { ...window, ahead: [...window.ahead, message] };
  return { ...window, messages: [...window.messages, message] };
}

/** Each message once; those of `later` replace the same ones in `list`, and the new ones follow. */
function merge(list: readonly ChatMessage[], later: readonly ChatMessage[]): readonly ChatMessage[] {
  const byId = new Map(list.map((message) => [message.id, message]));
  // A page may not know the time that an event had.
  for (const message of later)
    byId.set(message.id, { ...message, createdAt: message.createdAt ?? byId.get(message.id)?.createdAt ?? null });
  return [...byId.values()];
}
