import type { ConversationState, InboxFilter, InboxQueryVariables } from '../../../client/src/generated/graphql.js';

/** A conversation; `at` is its last activity, which is its place too. */
export interface Row {
  readonly id: string;
  readonly state: ConversationState;
  readonly unread: number;
  readonly at: number;
}

/** How many conversations a filter examines for a page: with few, many pages are short or empty. */
const EXAMINED = 3;

/** The gateway's inbox, as docs/inbox.md says it is. */
export class InboxModel {
  now = 0;
  readonly #rows = new Map<string, Row>();
  /** What has happened, in order. */
  readonly #changes: { readonly id: string; readonly at: number }[] = [];

  activity(id: string, state: ConversationState): void {
    this.now += 1;
    this.#rows.set(id, { id, state, unread: (this.#rows.get(id)?.unread ?? 0) + 1, at: this.now });
    this.#changes.push({ id, at: this.now });
  }

  erase(id: string): void {
    if (!this.#rows.delete(id)) return;
    this.now += 1;
    this.#changes.push({ id, at: this.now });
  }

  markRead(id: string): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#rows.set(id, { ...row, unread: 0 });
  }

  /** Each conversation once, in the order in which they began to change; null instead of one that is erased. */
  changedAfter(time: number): readonly { readonly id: string; readonly row: Row | null }[] {
    const ids = new Set(this.#changes.filter(({ at }) => at > time).map(({ id }) => id));
    return [...ids].map((id) => ({ id, row: this.#rows.get(id) ?? null }));
  }

  matching(filter: InboxFilter | null): readonly Row[] {
    return this.#all().filter((row) => matches(row, filter));
  }

  page({ first = null, last = null, after = null, before = null }: Omit<InboxQueryVariables, 'filter'>, filter: InboxFilter | null) {
    const range = this.#all().filter(({ at }) => (after === null || at < Number(after)) && (before === null || at > Number(before)));
    const fromEnd = last !== null;
    const inOrder = fromEnd ? range.toReversed() : range;
    const found: Row[] = [];
    let next: string | null = null;
    for (const [index, row] of inOrder.entries()) {
      if (matches(row, filter)) found.push(row);
      if (found.length === (last ?? first ?? 20) || index + 1 === EXAMINED) {
        next = index + 1 < inOrder.length ? String(row.at) : null;
        break;
      }
    }
    const rows = fromEnd ? found.toReversed() : found;
    const pageInfo = {
      hasNextPage: fromEnd ? before !== null : next !== null,
      hasPreviousPage: fromEnd ? next !== null : after !== null,
      startCursor: (fromEnd ? next : null) ?? place(rows[0]),
      endCursor: (fromEnd ? null : next) ?? place(rows.at(-1)),
    };
    return { rows, pageInfo };
  }

  #all(): readonly Row[] {
    return [...this.#rows.values()].sort((one, other) => other.at - one.at);
  }
}

const place = (row: Row | undefined): string | null => (row === undefined ? null : String(row.at));

function matches({ state, unread }: Row, filter: InboxFilter | null): boolean {
  const { states, unreadOnly } = filter ?? {};
  return (!states?.length || states.includes(state)) && !(unreadOnly === true && unread === 0);
}
