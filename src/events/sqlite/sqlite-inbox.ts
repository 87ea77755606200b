import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../domain/entry-limit.js';
import type { InboxReader } from '../../domain/inbox-reader.js';
import { decodeInboxCursor, encodeInboxCursor } from '../port/inbox-cursor.js';
import type { Inbox, InboxEntry, InboxPage, InboxQuery, ReadMarker } from '../port/inbox.js';
import { readerHash } from '../port/reader-hash.js';
import { toInboxEntry } from '../port/to-inbox-entry.js';
import type { CursorCodec } from './cursor-codec.js';
import type { StoreClient } from './store-client.js';
import { toStoredEvent } from './to-stored-event.js';
import type { InboxRow } from './worker-protocol.js';

/** Pages kept while nothing changes: many clients ask for the same ones, again and again. */
const RECENT_PAGES = 50;

const POSITION = /^[1-9]\d{0,14}$/;

/** The inbox in SQLite: a position is the position of the last activity. */
export class SqliteInbox implements Inbox {
  readonly #recent = new LRUCache<string, Promise<InboxPage>>(entryLimit(RECENT_PAGES));

  constructor(
    private readonly store: Pick<StoreClient, 'ask' | 'askInBackground'>,
    private readonly cursors: CursorCodec,
    private readonly epoch: string,
  ) {}

  page(query: InboxQuery): Promise<InboxPage> {
    const key = JSON.stringify(query);
    const known = this.#recent.get(key);
    if (known !== undefined) return known;
    const page = this.#readPage(query);
    this.#recent.set(key, page);
    page.catch(() => this.forgetPages());
    return page;
  }

  /** Called whenever a page may have changed. */
  forgetPages(): void {
    if (this.#recent.size > 0) this.#recent.clear();
  }

  async #readPage({ reader, after, before, limit, fromEnd, conditions }: InboxQuery): Promise<InboxPage> {
    const [below, above] = [this.#position(after), this.#position(before)];
    const { rows, next, incomplete } = await this.store.ask('inboxPage', {
      ...toInput(reader),
      below,
      above,
      limit,
      fromEnd,
      ...conditions,
    });
    this.#keepSummaries(incomplete);
    return { entries: rows.map((row) => this.#toEntry(row)), next: next === null ? null : this.#cursor(next) };
  }

  async entries(conversationIds: readonly string[], reader: InboxReader): Promise<readonly (InboxEntry | null)[]> {
    const { rows, incomplete } = await this.store.ask('inboxRows', { ...toInput(reader), conversationIds });
    this.#keepSummaries(incomplete);
    return rows.map((row) => (row === null ? null : this.#toEntry(row)));
  }

  async storeMarker(conversationId: string, reader: InboxReader, { cursor, seen }: ReadMarker): Promise<void> {
    const position = this.cursors.before(cursor, { conversationId });
    await this.store.ask('storeMarker', { conversationId, reader: toInput(reader).reader, position, seen });
    this.forgetPages();
  }

  /** Stores what reading has completed, after who reads has it. If that fails, it is completed again. */
  #keepSummaries(conversations: readonly number[]): void {
    if (conversations.length > 0) this.store.askInBackground('keepSummaries', { conversations }).catch(() => undefined);
  }

  #position(cursor: string | null): number | null {
    return cursor === null ? null : Number(decodeInboxCursor(cursor, this.epoch, POSITION));
  }

  #cursor(activity: number): string {
    return encodeInboxCursor(this.epoch, String(activity));
  }

  #toEntry({ conversationId, activity, active, shown, others, position, seen, lastMessage }: InboxRow): InboxEntry {
    const scope = { conversationId };
    return toInboxEntry({
      conversationId,
      cursor: this.#cursor(activity),
      lastActivityAt: new Date(active),
      lastActivityCursor: this.cursors.cursor(scope, activity),
      lastMessage: lastMessage === null ? null : toStoredEvent(lastMessage, this.cursors, scope),
      othersMessages: others,
      readCursor: position === null ? null : this.cursors.cursor(scope, position),
      shown,
      seen,
    });
  }
}

const toInput = ({ key, author }: InboxReader) => ({ reader: readerHash(key), author });
