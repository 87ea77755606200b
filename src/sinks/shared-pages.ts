import type { EventLog } from '../events/port/event-log.js';
import type { LogPage } from '../events/port/log-page.js';

/** Events read at a time. */
const PAGE_SIZE = 200;
/** Pages kept: those that readers close behind each other need. */
const KEPT = 8;
/** How long: what is erased meanwhile must not be read any more. In milliseconds. */
const KEPT_MS = 1_000;

/** Reads pages of the feed of all conversations; readers at the same cursor share one read. */
export class SharedPages {
  /** Full pages, which stay the same, and reads in flight. */
  readonly #pages = new Map<string, { readonly page: Promise<LogPage>; readonly readAt: number }>();

  constructor(private readonly log: Pick<EventLog, 'read'>) {}

  /** `version`: of the log when the reader looked at it. A read that began for an earlier one may lack what has been appended since. */
  after(cursor: string, version: number): Promise<LogPage> {
    const key = `${version} ${cursor}`;
    const readAt = performance.now();
    const known = this.#pages.get(cursor) ?? this.#pages.get(key);
    if (known !== undefined && readAt - known.readAt < KEPT_MS) return known.page;
    const reading = this.log.read('all', { after: cursor, limit: PAGE_SIZE, skipRemoved: true });
    this.#keep(key, reading, readAt);
    reading.then(
      ({ hasMore }) => {
        this.#pages.delete(key);
        if (hasMore) this.#keep(cursor, reading, readAt);
      },
      () => this.#pages.delete(key),
    );
    return reading;
  }

  #keep(key: string, page: Promise<LogPage>, readAt: number): void {
    this.#pages.delete(key);
    this.#pages.set(key, { page, readAt });
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT) return;
      this.#pages.delete(oldest);
    }
  }
}
