import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../domain/clock.js';
import { ALL_CONVERSATIONS } from '../../../domain/conversation-filter.js';
import type { ConversationSelection, ConversationStatus } from '../../../domain/conversation-filter.js';
import type { ConversationRecord } from '../../../domain/conversation.js';
import { UnsupportedByUpstreamError, UpstreamRejectedError } from '../../../domain/errors.js';
import { CLOCK_TOLERANCE_MS } from '../../../domain/message-matching.js';
import { MAX_PAGE_SIZE } from '../../../domain/page-limit.js';
import type { WindowOf } from '../../../domain/window.js';
import { retryDelayMs } from './timings.js';

/** No more of a list is read: 10,000 conversations. */
const MAX_LISTED = 100 * MAX_PAGE_SIZE;
/** A list without an order of time, of conversations that are over, is read only if it holds no more than so many: each has to be looked at. */
const MAX_ENDED = 1_000;
/** So often a list is read that changes while it is read, since what moves from one page to another may be in neither. */
const MAX_ROUNDS = 3;

/** What is read of the upstream's list of conversations, at low priority. */
export interface ListReads {
  /** The list can be read by time of creation; if not, it has no order of time. */
  readonly isOrderedByCreation: boolean;
  /** A page of 100. */
  conversations(from: number, selection: ConversationSelection): Promise<WindowOf<ConversationRecord>>;
}

export interface ConversationSearchOptions {
  readonly upstream: ListReads;
  readonly clock: Clock;
  /** How soon a read that failed is repeated, in milliseconds; longer each time. */
  readonly retryMs: number;
  /** Nothing older is healed, in milliseconds: a read that fails for so long is abandoned. */
  readonly reachMs: number;
  readonly onError: (error: unknown) => void;
}

export interface SearchRequest {
  readonly since: Date;
  /** Also conversations that may have begun and ended since then. */
  readonly withEnded: boolean;
  /** Rejects as the upstream does, in place of trying again. */
  readonly isImpatient?: boolean;
}

export interface ListedConversation {
  readonly conversationId: string;
  /** It is over, and whether anything has happened in it since then is not known. */
  readonly isEnded: boolean;
}

/** `ConversationSearch.find`. */
export type FindListed = (request: SearchRequest) => AsyncIterable<ListedConversation>;

/** Finds the conversations that may have begun, or begun again, while nothing was received, whether the log knows them or not: by the upstream's list. */
export class ConversationSearch {
  readonly #closing = new AbortController();

  constructor(private readonly options: ConversationSearchOptions) {}

  /** Ends the searches in progress: they reject. */
  close(): void {
    this.#closing.abort();
  }

  /** Each conversation once. Rejects if the list could not be read, so that something may be missing. A list that the upstream refuses is reported, and left out. */
  async *find(request: SearchRequest): AsyncGenerator<ListedConversation> {
    const found = new Set<string>();
    for await (const listed of this.#findAll(request)) {
      if (found.has(listed.conversationId)) continue;
      found.add(listed.conversationId);
      yield listed;
    }
  }

  async *#findAll(request: SearchRequest): AsyncGenerator<ListedConversation> {
    const { isOrderedByCreation } = this.options.upstream;
    if (isOrderedByCreation) yield* this.#createdSince(request);
    for (const status of ['OPEN', 'CREATED'] as const) {
      for await (const { items } of this.#pages(ofStatus(status), request)) yield* items.map(toListed(false));
    }
    if (request.withEnded && !isOrderedByCreation) yield* this.#ended(request);
  }

  async *#createdSince(request: SearchRequest): AsyncGenerator<ListedConversation> {
    const isEarlier = ({ createdAt }: ConversationRecord) =>
      createdAt !== null && createdAt.getTime() < request.since.getTime() - CLOCK_TOLERANCE_MS;
    const newestFirst = { ...ALL_CONVERSATIONS, orderBy: { field: 'CREATED_AT', direction: 'DESC' } } as const;
    for await (const { items } of this.#pages(newestFirst, request)) {
      yield* items.filter((record) => !isEarlier(record)).map(toListed(false));
      if (items.some(isEarlier)) return;
    }
  }

  async *#ended(request: SearchRequest): AsyncGenerator<ListedConversation> {
    for await (const { items, total } of this.#pages(ofStatus('IDLE'), request)) {
      if (total === null || total > MAX_ENDED) return;
      yield* items.map(toListed(true));
    }
  }

  /** The pages of a list, all of them again where it has changed meanwhile. */
  async *#pages(selection: ConversationSelection, { isImpatient = false }: SearchRequest): AsyncGenerator<WindowOf<ConversationRecord>> {
    const read = (from: number) => this.options.upstream.conversations(from, selection);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const totals = new Set<number | null>();
      for (let from = 0; from < MAX_LISTED; from += MAX_PAGE_SIZE) {
        const page = await (isImpatient ? read(from) : this.#patiently(() => read(from)));
        if (page === null) return;
        totals.add(page.total);
        yield page;
        if (!page.hasMore) break;
      }
      if (totals.size === 1) return;
    }
  }

  /** Null if the upstream refuses it. */
  async #patiently(read: () => Promise<WindowOf<ConversationRecord>>): Promise<WindowOf<ConversationRecord> | null> {
    const { clock, retryMs, reachMs, onError } = this.options;
    const { signal } = this.#closing;
    const began = clock();
    for (let failures = 0; ; failures += 1) {
      try {
        signal.throwIfAborted();
        return await read();
      } catch (error) {
        if (signal.aborted) throw error;
        onError(error);
        if (error instanceof UpstreamRejectedError || error instanceof UnsupportedByUpstreamError) return null;
        if (clock() - began > reachMs) throw error;
      }
      await pause(retryDelayMs(retryMs, failures), undefined, { ref: false, signal });
    }
  }
}

const ofStatus = (status: ConversationStatus): ConversationSelection => ({
  filter: { ...ALL_CONVERSATIONS.filter, status },
  orderBy: null,
});

const toListed =
  (isEnded: boolean) =>
  ({ conversationId }: ConversationRecord): ListedConversation => ({ conversationId, isEnded });
