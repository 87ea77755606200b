import { BadUserInputError } from '../domain/errors.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import type { Window, WindowOf } from '../domain/window.js';
import type { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf, EdgeOf } from '../schema/connection.js';
import type { PageInfo } from '../schema/page-info.js';

interface Size {
  readonly kind: 'first' | 'last';
  readonly count: number;
}

/**
 * Throws `BadUserInputError` unless exactly one of `first` and `last` is set, to 1 up to `MAX_PAGE_SIZE`.
 * @param defaultFirst if neither needs to be set: `first` then
 */
export function pageSize({ first, last }: Pick<ConnectionArgs, 'first' | 'last'>, defaultFirst: number | null = null): Size {
  const given = [first, last].filter((count) => count !== null && count !== undefined);
  if (given.length === 0 && defaultFirst !== null) return { kind: 'first', count: defaultFirst };
  if (given.length === 2 && defaultFirst !== null) throw new BadUserInputError('Set `first` or `last`, not both.');
  if (given.length !== 1) throw new BadUserInputError('Exactly one of `first` and `last` must be set.');
  const kind = first === null || first === undefined ? 'last' : 'first';
  const count = given[0] ?? 0;
  if (count < 1 || count > MAX_PAGE_SIZE) throw new BadUserInputError(`\`${kind}\` must be between 1 and ${MAX_PAGE_SIZE}; got ${count}.`);
  return { kind, count };
}

/** The cursor of a position in a list. `list` names the list, so that a cursor of another one is rejected. */
export function positionCursor(list: string, position: number): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

function parsePosition(list: string, argument: string, cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const position = text.startsWith(`${list}:`) ? text.slice(list.length + 1) : '';
  if (!/^(0|[1-9]\d{0,14})$/.test(position)) throw new BadUserInputError(`\`${argument}\` is not a cursor of this list.`);
  return Number(position);
}

/** The window that a connection's arguments ask for. */
export function toWindow(list: string, args: ConnectionArgs): Window {
  const { kind, count } = pageSize(args);
  return {
    kind,
    count,
    from: args.after === null || args.after === undefined ? 0 : parsePosition(list, 'after', args.after) + 1,
    before: args.before === null || args.before === undefined ? null : parsePosition(list, 'before', args.before),
  };
}

/** A window of a list as a connection. */
export function connection<R, T>(list: string, window: Window, page: WindowOf<R>, node: (record: R) => T): ConnectionOf<T> {
  const { start, items, total, hasMore } = page;
  const cursorAt = (index: number) => (items.length === 0 ? null : positionCursor(list, start + index));
  const pageInfo = {
    // If the list's length is unknown: an item that has a cursor exists.
    hasNextPage: total !== null ? start + items.length < total : window.kind === 'first' ? hasMore : window.before !== null,
    // Nothing lies before the first position, whatever a longer list has that this one is a section of.
    hasPreviousPage: start > 0 && (total !== null ? total > 0 : window.kind !== 'last' || hasMore),
    startCursor: cursorAt(0),
    endCursor: cursorAt(items.length - 1),
  };
  return new Page(
    list,
    start,
    items.map((item) => node(item)),
    pageInfo,
    total,
  );
}

/** Its edges, each with a cursor to encode, are made only when they are asked for. A class: a getter in a literal is kept by V8 until its next full collection, and what it can reach too. */
class Page<T> implements ConnectionOf<T> {
  constructor(
    private readonly list: string,
    private readonly start: number,
    readonly nodes: readonly T[],
    readonly pageInfo: PageInfo,
    readonly totalCount: number | null,
  ) {}

  get edges(): readonly EdgeOf<T>[] {
    return this.nodes.map((node, index) => ({ cursor: positionCursor(this.list, this.start + index), node }));
  }
}
