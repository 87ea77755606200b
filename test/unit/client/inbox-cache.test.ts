import { gql, InMemoryCache } from '@apollo/client';
import fc from 'fast-check';
import { applyInboxChange, possibleTypes, typePolicies } from '../../../client/src/apollo/index.js';
import { InboxChangedDocument, InboxDocument, MarkReadDocument } from '../../../client/src/generated/graphql.js';
import type { InboxFilter, InboxQuery, InboxQueryVariables } from '../../../client/src/generated/graphql.js';
import { InboxModel } from './inbox-model.js';
import type { Row } from './inbox-model.js';

/** More with CACHE_MODEL_RUNS=5000; CACHE_MODEL_SEED repeats a run. */
const RUNS = Number(process.env['CACHE_MODEL_RUNS'] ?? 300);
const SEED = Number(process.env['CACHE_MODEL_SEED'] ?? Date.now() % 2 ** 31);

const toConversation = ({ id, state, unread, at }: Row) => ({
  __typename: 'Conversation' as const,
  id,
  conversationId: id,
  state,
  unreadCount: unread,
  readCursor: null,
  lastActivityAt: new Date(at * 1_000).toISOString(),
  assignment: null,
  lastMessage: null,
});

const toErased = (id: string) => ({ ...toConversation({ id, state: 'UNKNOWN', unread: 0, at: 0 }), lastActivityAt: null });

/** A query without the entries' cursors. */
const BARE = gql`
  query ($first: Int, $after: String, $last: Int, $before: String, $filter: InboxFilter) {
    inbox(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      __typename
      latestCursor
      pageInfo {
        __typename
        hasPreviousPage
        startCursor
        hasNextPage
        endCursor
      }
      nodes {
        __typename
        id
        state
        unreadCount
      }
    }
  }
`;

/** The inbox of a gateway, and what a client's cache has of it with a subscription. */
class World {
  readonly cache = new InMemoryCache({ possibleTypes, typePolicies });
  readonly model = new InboxModel();
  /** Up to where the subscription has delivered. */
  delivered = 0;

  constructor(
    readonly filter: InboxFilter | null,
    /** Whether the subscription has the same filter, or none. */
    readonly isFiltered: boolean,
  ) {}

  read(variables: Omit<InboxQueryVariables, 'filter'>, isBare = false): void {
    const { rows, pageInfo } = this.model.page(variables, this.filter);
    this.cache.writeQuery({
      query: isBare ? BARE : InboxDocument,
      variables: { ...variables, filter: this.filter },
      data: {
        inbox: {
          __typename: 'InboxConnection',
          latestCursor: String(this.model.now),
          pageInfo: { __typename: 'PageInfo', ...pageInfo },
          ...(isBare ? {} : { edges: rows.map(({ at }) => ({ __typename: 'InboxEdge', cursor: String(at) })) }),
          nodes: rows.map(toConversation),
        },
      } as never,
    });
  }

  /** As the gateway does: each changed conversation once, as it is now. Of some only each second one, and all of them again after that. */
  deliver(isHalf = false): void {
    const changed = this.model.changedAfter(this.delivered);
    if (!isHalf) this.delivered = this.model.now;
    for (const { id, row } of changed.filter((_, index) => !isHalf || index % 2 === 1)) {
      const conversation = row === null ? toErased(id) : toConversation(row);
      // The gateway knows the filter of its subscription.
      const removed = row === null || (this.isFiltered && !this.model.matching(this.filter).includes(row));
      const entry = { __typename: 'InboxEntry' as const, removed, cursor: String(this.model.now), conversation };
      this.cache.writeQuery({ query: InboxChangedDocument, id: 'ROOT_SUBSCRIPTION', data: { inboxChanged: entry } });
      applyInboxChange(this.cache, entry, this.isFiltered ? this.filter : null);
    }
  }

  markRead(id: string): void {
    this.model.markRead(id);
    const conversation = { __typename: 'Conversation' as const, id, unreadCount: 0, readCursor: '1' };
    const data = { markRead: { __typename: 'MarkReadPayload' as const, conversation, userErrors: [] } };
    this.cache.writeQuery({ query: MarkReadDocument, id: 'ROOT_MUTATION', data, variables: { input: { conversationId: id } } });
  }

  get shown() {
    const { result } = this.cache.diff<InboxQuery>({
      query: InboxDocument,
      variables: { filter: this.filter },
      optimistic: true,
      returnPartialData: true,
    });
    return (result as InboxQuery | null)?.inbox;
  }

  get ids(): readonly string[] {
    return this.shown?.nodes.map(({ id }) => id) ?? [];
  }

  /** What is shown is the top of the inbox with nothing missing in it, and all of it if its `pageInfo` says so. */
  check(): void {
    const { shown, ids } = this;
    if (shown === undefined) return;
    const all = this.model.matching(this.filter).map(({ id }) => id);
    const { hasPreviousPage, hasNextPage } = shown.pageInfo;
    if (shown.edges.length !== ids.length) throw new Error('edges and nodes differ');
    // A list that begins further down keeps what has moved in its place; `readOn` finds out whether it lacks anything.
    if (hasPreviousPage) return;
    expect(ids).toEqual(all.slice(0, ids.length));
    if (!hasNextPage) expect(ids).toEqual(all);
  }

  /** Reads on until there is nothing more that way. */
  readOn(way: 'down' | 'up', count: number): void {
    for (let reads = 0; reads < 200; reads += 1) {
      const { hasNextPage, hasPreviousPage, endCursor, startCursor } = this.shown?.pageInfo ?? {};
      if (!(way === 'down' ? hasNextPage : hasPreviousPage)) return;
      const shown = new Set(this.ids);
      this.read(way === 'down' ? { first: count, after: endCursor ?? null } : { last: count, before: startCursor ?? null });
      for (const id of this.ids) shown.delete(id);
      // Nothing that was shown is lost by reading on.
      expect([...shown]).toEqual([]);
    }
    throw new Error('it never ends');
  }
}

const FILTERS: readonly (InboxFilter | null)[] = [
  null,
  {},
  { unreadOnly: true },
  { states: ['ACTIVE'] },
  { states: ['QUEUED', 'ACTIVE'], unreadOnly: true },
];

const count = fc.integer({ min: 1, max: 4 });
const isBare = fc.boolean();
const way = fc.constantFrom('down' as const, 'up' as const);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('activity' as const),
      at: fc.nat(9),
      state: fc.constantFrom('QUEUED' as const, 'ACTIVE' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), isHalf: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), at: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('markRead' as const), at: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('top' as const), count, isBare }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('bottom' as const), count, isBare }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('on' as const), way, count, isBare }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), way, at: fc.nat(9), count, isBare }) },
);

it(`shows a part of the inbox without a gap after any mix of activity, pages and changes (${RUNS} runs, seed ${SEED})`, () => {
  const run = fc.property(
    fc.constantFrom(...FILTERS),
    fc.boolean(),
    fc.nat(9),
    fc.array(step, { maxLength: 20 }),
    (filter, isFiltered, size, steps) => {
      const world = new World(filter, isFiltered);
      for (let index = 0; index < size; index += 1) world.model.activity(`c${index}`, index % 2 === 0 ? 'ACTIVE' : 'QUEUED');
      world.delivered = world.model.now;
      for (const one of steps) {
        if (one.kind === 'activity') world.model.activity(`c${one.at}`, one.state);
        else if (one.kind === 'deliver') world.deliver(one.isHalf);
        else if (one.kind === 'erase') world.model.erase(`c${one.at}`);
        else if (one.kind === 'markRead') world.markRead(`c${one.at}`);
        else if (one.kind === 'top') world.read({ first: one.count }, one.isBare);
        else if (one.kind === 'bottom') world.read({ last: one.count }, one.isBare);
        else if (one.kind === 'again') {
          const { cursor = '' } = world.shown?.edges[one.at] ?? {};
          if (cursor)
            world.read(one.way === 'down' ? { first: one.count, after: cursor } : { last: one.count, before: cursor }, one.isBare);
        } else {
          const { endCursor = null, startCursor = null } = world.shown?.pageInfo ?? {};
          if (one.way === 'down' && endCursor !== null) world.read({ first: one.count, after: endCursor }, one.isBare);
          if (one.way === 'up' && startCursor !== null) world.read({ last: one.count, before: startCursor }, one.isBare);
        }
        // Once what has happened has arrived, it is right, and so are all pages read on from there.
        if (world.delivered === world.model.now) world.check();
      }
      world.deliver();
      world.check();
      world.readOn('down', 2);
      world.readOn('up', 2);
      world.check();
      if (world.shown !== undefined) expect(world.ids).toEqual(world.model.matching(filter).map(({ id }) => id));
    },
  );
  fc.assert(run, { numRuns: RUNS, seed: SEED });
}, 120_000);
