import { MessagesDocument } from '../generated/graphql.js';
import type { MessagesQueryVariables } from '../generated/graphql.js';
import type { Request } from '../request.js';
import { knownMessages, mergeNewer, mergeOlder, windowOf } from './message-window.js';
import type { MessagePage, MessageWindow } from './message-window.js';

export interface MessagePagerOptions {
  readonly request: Request;
  readonly conversationId: string;
  readonly pageSize: number;
  /** What is loaded now. */
  readonly window: () => MessageWindow;
  readonly onWindow: (window: MessageWindow) => void;
  /** Called when a page begins to be loaded, and with null at its end. */
  readonly onLoading: (direction: Direction | null) => void;
}

type Direction = 'older' | 'newer';

const EDGE = { older: 'before', newer: 'after' } as const;

/** Loads pages of a conversation's messages, one at a time. */
export class MessagePager {
  #isLoading = false;

  constructor(private readonly options: MessagePagerOptions) {}

  /** Extends the window; does nothing at the end of the list, or while a page is being loaded. */
  async extend(direction: Direction): Promise<void> {
    const { pageSize, window, onWindow } = this.options;
    const cursor = window()[EDGE[direction]];
    if (cursor === null || this.#isLoading) return;
    await this.#whileLoading(direction, async () => {
      const page = await this.#page(direction === 'older' ? { last: pageSize, before: cursor } : { first: pageSize, after: cursor });
      const current = window();
      // Meanwhile a snapshot may have replaced what the page would adjoin.
      if (page === null || current[EDGE[direction]] !== cursor) return;
      onWindow(direction === 'older' ? mergeOlder(current, page) : mergeNewer(current, page));
    });
  }

  /** Replaces the window by the first or the last page. */
  async jumpTo(end: 'first' | 'last'): Promise<void> {
    const { pageSize, window, onWindow } = this.options;
    const before = new Set(knownMessages(window()).map(({ id }) => id));
    const page = await this.#page(end === 'first' ? { first: pageSize } : { last: pageSize });
    // The page may have been read before these were written.
    const meanwhile = knownMessages(window()).filter(({ id }) => !before.has(id));
    if (page !== null) onWindow(windowOf(page, meanwhile));
  }

  async #whileLoading(direction: Direction, load: () => Promise<void>): Promise<void> {
    this.#isLoading = true;
    this.options.onLoading(direction);
    try {
      await load();
    } finally {
      this.#isLoading = false;
      this.options.onLoading(null);
    }
  }

  async #page(position: Omit<MessagesQueryVariables, 'id'>): Promise<MessagePage | null> {
    const { conversation } = await this.options.request(MessagesDocument, { id: this.options.conversationId, ...position });
    return conversation?.messages ?? null;
  }
}
