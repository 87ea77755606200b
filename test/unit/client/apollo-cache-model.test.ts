import { gql, InMemoryCache } from '@apollo/client';
import fc from 'fast-check';
import { applyEvent, possibleTypes, typePolicies } from '../../../client/src/apollo/index.js';
import type { ConversationEventsSubscription } from '../../../client/src/generated/graphql.js';
import { ConnectionModel, rangeOf } from './connection-model.js';
import type { Range, Selection, Window } from './connection-model.js';
import { firstSeed } from '../../support/first-seed.js';

/** More with CACHE_MODEL_RUNS=5000, some 5 ms each; CACHE_MODEL_SEED repeats a run. */
const RUNS = Number(process.env['CACHE_MODEL_RUNS'] ?? 300);
const SEED = firstSeed('CACHE_MODEL_SEED');

/** The lists, and whether the events of this test belong to them. */
const LISTS = [
  { field: 'messages', filter: '', grows: true },
  { field: 'messages', filter: 'interactionId: null, ', grows: true },
  { field: 'messages', filter: 'interactionId: "past", ', grows: false },
  { field: 'events', filter: '', grows: true },
  { field: 'events', filter: 'types: [MESSAGE_ADDED, AGENT_LEFT], ', grows: true },
  { field: 'events', filter: 'types: [AGENT_JOINED], ', grows: false },
] as const;
type List = (typeof LISTS)[number];

const typeOf = ({ field }: List) => (field === 'messages' ? 'Message' : 'MessageAdded');
const connectionOf = ({ field }: List) => (field === 'messages' ? 'Message' : 'ConversationEvent');
const idOf = ({ field }: List, index: number) => `${field === 'messages' ? 'm' : 'e'}${index}`;
const cursorOf = (index: number) => `cursor of ${index}`;

const documents = new Map<string, ReturnType<typeof gql>>();
function documentFor({ field, filter }: List, selected: string) {
  const text = `query ($first: Int, $last: Int, $after: String, $before: String) {
    conversation(id: "c") { __typename id ${field}(${filter}first: $first, last: $last, after: $after, before: $before) { __typename ${selected} } }
  }`;
  const document = documents.get(text) ?? gql(text);
  documents.set(text, document);
  return document;
}

const PAGE_INFO = { none: '', more: 'hasPreviousPage hasNextPage', cursors: 'startCursor endCursor' };
const EDGES = { none: '', node: 'node { __typename id }', cursor: 'cursor', both: 'cursor node { __typename id }' };

function selected({ nodes, edges, pageInfo, totalCount }: Selection): string {
  const info = pageInfo === 'all' ? `${PAGE_INFO.more} ${PAGE_INFO.cursors}` : PAGE_INFO[pageInfo];
  return [
    nodes ? 'nodes { __typename id }' : '',
    edges === 'none' ? '' : `edges { __typename ${EDGES[edges]} }`,
    info && `pageInfo { __typename ${info} }`,
    totalCount ? 'totalCount' : '',
  ].join(' ');
}

const EVERYTHING = selected({ nodes: true, edges: 'node', pageInfo: 'all', totalCount: true });

/** As the gateway answers. */
function answer(list: List, { from, to, length }: Range, { nodes, edges, pageInfo, totalCount }: Selection) {
  const indexes = Array.from({ length: to - from }, (_, offset) => from + offset);
  const node = (index: number) => ({ __typename: typeOf(list), id: idOf(list, index) });
  const type = connectionOf(list);
  return {
    __typename: `${type}Connection`,
    ...(nodes ? { nodes: indexes.map(node) } : {}),
    ...(edges === 'none'
      ? {}
      : {
          edges: indexes.map((index) => ({
            __typename: `${type}Edge`,
            ...(edges === 'node' ? {} : { cursor: cursorOf(index) }),
            ...(edges === 'cursor' ? {} : { node: node(index) }),
          })),
        }),
    ...(pageInfo === 'none'
      ? {}
      : {
          pageInfo: {
            __typename: 'PageInfo',
            ...(pageInfo === 'cursors' ? {} : { hasPreviousPage: from > 0, hasNextPage: to < length }),
            ...(pageInfo === 'more'
              ? {}
              : { startCursor: from === to ? null : cursorOf(from), endCursor: from === to ? null : cursorOf(to - 1) }),
          },
        }),
    ...(totalCount ? { totalCount: length } : {}),
  };
}

interface Shown {
  readonly nodes?: readonly { readonly id: string }[];
  readonly edges?: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo?: Readonly<Record<string, unknown>>;
  readonly totalCount?: number;
}

const EVENT = gql`
  subscription {
    conversationEvents(conversationId: "c") {
      __typename
      id
      type
      message {
        __typename
        id
      }
    }
  }
`;

/** One list in a cache beside its model. */
class World {
  readonly cache = new InMemoryCache({ possibleTypes, typePolicies });
  readonly model = new ConnectionModel();

  constructor(
    readonly list: List,
    public length: number,
  ) {}

  read(window: Window, selection: Selection, late: number): void {
    const page = this.#pageOf(window, late);
    const { direction, count, anchor } = window;
    const cursor = anchor === null ? {} : { [direction === 'first' ? 'after' : 'before']: cursorOf(anchor) };
    this.#write(documentFor(this.list, selected(selection)), { [direction]: count, ...cursor }, answer(this.list, page, selection));
    this.model.read(window, page, selection);
  }

  readNull(): void {
    this.#write(documentFor(this.list, 'totalCount'), { last: 1 }, null);
  }

  deliver(index: number): void {
    const event = {
      __typename: 'MessageAdded',
      id: `e${index}`,
      type: 'MESSAGE_ADDED',
      message: { __typename: 'Message', id: `m${index}` },
    };
    this.cache.writeQuery({ query: EVENT, id: 'ROOT_SUBSCRIPTION', data: { conversationEvents: event } });
    applyEvent(this.cache, 'c', event as unknown as ConversationEventsSubscription['conversationEvents']);
  }

  /** A new entry of the log, and its event. */
  grow(): void {
    if (this.list.grows) this.model.append(this.length);
    this.deliver(this.length);
    // Of another interaction or another type: such an event adds nothing to this list's log.
    if (this.list.grows) this.length += 1;
  }

  check(): void {
    const { range, hasPrevious, hasNext, listedTo, totalCount, cursors } = this.model;
    const shown = this.#shown();
    const ids = range && Array.from({ length: range.to - range.from }, (_, offset) => idOf(this.list, range.from + offset));
    const at = (index: number) => (range !== null && range.from < listedTo && cursors.has(index) ? cursorOf(index) : null);
    expect({
      nodes: shown?.nodes?.map(({ id }) => id) ?? null,
      edges: shown?.edges?.map(({ node }) => node.id) ?? null,
      totalCount: shown?.totalCount,
      ...(range === null ? {} : { more: [shown?.pageInfo?.['hasPreviousPage'], shown?.pageInfo?.['hasNextPage']] }),
      ...(range === null ? {} : { ends: [shown?.pageInfo?.['startCursor'] ?? null, shown?.pageInfo?.['endCursor'] ?? null] }),
    }).toEqual({
      nodes: ids,
      edges: ids,
      totalCount,
      ...(range === null ? {} : { more: [hasPrevious, hasNext], ends: [at(range.from), at(listedTo - 1)] }),
    });
  }

  /** Late, an answer may be older than the last events, where those are known already. */
  #pageOf(window: Window, late: number): Range {
    const { range, listedTo } = this.model;
    const earliest = Math.max(listedTo, (window.anchor ?? -1) + 1);
    const older = rangeOf(window, Math.max(earliest, this.length - late));
    return range?.to === this.length && this.model.joins(window, older) ? older : rangeOf(window, this.length);
  }

  /** All that the cache knows of the list. */
  #shown(): Shown | null | undefined {
    const query = documentFor(this.list, EVERYTHING);
    const { result } = this.cache.diff({
      query,
      variables: { last: 1 },
      optimistic: true,
      returnPartialData: true,
    });
    return (result as { conversation?: Record<string, Shown | null> } | null)?.conversation?.[this.list.field];
  }

  #write(query: ReturnType<typeof gql>, variables: Record<string, unknown>, connection: unknown): void {
    this.cache.writeQuery({
      query,
      variables,
      data: { conversation: { __typename: 'Conversation', id: 'c', [this.list.field]: connection } },
    });
  }
}

const selection: fc.Arbitrary<Selection> = fc.record({
  nodes: fc.boolean(),
  edges: fc.constantFrom('none', 'node', 'cursor', 'both'),
  pageInfo: fc.constantFrom('none', 'more', 'cursors', 'all'),
  totalCount: fc.boolean(),
});
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      direction: fc.constantFrom('first' as const, 'last' as const),
      count: fc.integer({ min: 1, max: 4 }),
      anchor: fc.constantFrom('none' as const, 'start' as const, 'end' as const, 'any' as const),
      at: fc.nat(30),
      selection,
      late: fc.nat(3),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'event' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), at: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'null' as const }) },
);

it(`equals a model after any mix of selections, pages and events (${RUNS} runs, seed ${SEED})`, () => {
  const run = fc.property(fc.constantFrom(...LISTS), fc.nat(8), fc.array(step, { maxLength: 14 }), (list, length, steps) => {
    const world = new World(list, length);
    for (const one of steps) {
      const { range, listedTo } = world.model;
      if (one.kind === 'event') world.grow();
      else if (one.kind === 'null') world.readNull();
      else if (one.kind === 'again') {
        if (range !== null && range.from < range.to && list.grows) world.deliver(range.from + (one.at % (range.to - range.from)));
      } else {
        const { direction, count, selection, late, at } = one;
        const anchors = { none: null, start: range && range.from, end: range && listedTo - 1, any: at };
        const anchor = anchors[one.anchor];
        const isThere = anchor !== null && anchor >= 0 && anchor < world.length;
        const chosen = selected(selection).trim() === '' ? { ...selection, totalCount: true } : selection;
        world.read({ direction, count, anchor: isThere ? anchor : null }, chosen, late);
      }
      world.check();
    }
  });
  fc.assert(run, { numRuns: RUNS, seed: SEED });
}, 120_000);
