import type { EventType } from '../../domain/event.js';
import type { Handling } from '../../domain/handling.js';
import type { ListedSighting, MessageName } from '../../domain/message-name.js';
import type { ExpectedEcho, Scope } from '../event-log.js';
import type { Claim, KeyedRequest, RequestOutcome } from '../request-memory.js';

/** An event on its way into the store. Times are epoch milliseconds here and below. */
export interface NewEvent {
  readonly id: string;
  readonly conversationId: string | null;
  readonly type: EventType;
  readonly occurredAt: number;
  readonly receivedAt: number;
  /** By `encodeEvent`. */
  readonly json: string;
  /** Of the message that a `MESSAGE_ADDED` in a conversation carries; null otherwise. */
  readonly digest: string | null;
  /** Handle of the send whose echo it is, where that is known. */
  readonly echoOf?: string | null;
}

export interface StoredEvent {
  readonly seq: number;
  readonly json: string;
  readonly name: MessageName | null;
}

export interface AppendedEvent {
  readonly seq: number;
  readonly name: MessageName | null;
  readonly duplicate: boolean;
  /** Of a duplicate: what is stored; null where that was erased. */
  readonly json: string | null;
}

export interface PageQuery {
  readonly scope: Scope;
  /** Null: from the start, whatever was removed. */
  readonly after: number | null;
  readonly before: number | null;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly types: readonly EventType[] | null;
}

/** What the store can be asked, what that takes and what it gives. */
export interface Operations {
  append: { takes: NewEvent; gives: AppendedEvent };
  page: { takes: PageQuery; gives: { readonly events: readonly StoredEvent[]; readonly hasMore: boolean } };
  activeSince: { takes: { readonly received: number }; gives: readonly string[] };
  expectEcho: { takes: ExpectedEcho; gives: string };
  echoRefused: { takes: { readonly handle: string }; gives: null };
  nameListed: {
    takes: { readonly conversationId: string; readonly sightings: readonly ListedSighting[]; readonly now: number };
    gives: readonly MessageName[];
  };
  named: {
    takes: { readonly conversationId: string; readonly key: string };
    gives: { readonly name: MessageName; readonly event: StoredEvent | null } | null;
  };
  claimRequest: { takes: KeyedRequest & { readonly now: number }; gives: Claim };
  settleRequest: { takes: RequestOutcome & { readonly name: string }; gives: null };
  releaseRequest: { takes: { readonly name: string }; gives: null };
  handling: { takes: { readonly conversationId: string }; gives: Handling };
  unlisted: { takes: { readonly conversationId: string; readonly received: number }; gives: readonly StoredEvent[] };
  /** Each removes at most `limit` rows and gives how many it removed. */
  expireEvents: { takes: { readonly receivedBefore: number; readonly limit: number; readonly now: number }; gives: number };
  expireNames: { takes: { readonly givenBefore: number; readonly limit: number }; gives: number };
  expireTraces: {
    takes: { readonly receivedBefore: number; readonly sentBefore: number; readonly givenBefore: number; readonly now: number };
    gives: null;
  };
  erase: { takes: { readonly conversationId: string }; gives: number };
  /** Takes some space, or gives it back, to see whether there is any. */
  probe: { takes: { readonly fill: boolean }; gives: null };
}

export type OperationName = keyof Operations;
export type Takes<K extends OperationName> = Operations[K]['takes'];
export type Gives<K extends OperationName> = Operations[K]['gives'];

export interface Request<K extends OperationName = OperationName> {
  readonly name: K;
  readonly input: Takes<K>;
}

/** `UNAVAILABLE`: the store could not do it. The others: what was asked for is refused, and nothing was changed. */
export type FaultKind = 'EVENT_ID_REUSED' | 'CURSOR_EXPIRED' | 'UNAVAILABLE';

export type Reply =
  { readonly ok: true; readonly result: Gives<OperationName> } | { readonly ok: false; readonly kind: FaultKind; readonly message: string };

/** What the main thread sends. */
export type ToStore = { readonly batch: readonly Request[] } | 'close';

/** Where an opened store stands. */
export interface Opened {
  readonly epoch: string;
  /** The highest place ever given. */
  readonly head: number;
}

/** What the store's thread sends: first `opened` or `refused`, then one `replies` for each batch. */
export type FromStore = { readonly opened: Opened } | { readonly refused: string } | { readonly replies: readonly Reply[] };

/** How the store's thread is started. */
export interface StoreSettings {
  readonly file: string;
  /** For a file that is made now. */
  readonly newEpoch: string;
  /** The file may not outgrow this; null: as far as the disk reaches. */
  readonly maxBytes: number | null;
}
