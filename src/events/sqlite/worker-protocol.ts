import type { EventType } from '../../domain/event.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import type { NewPendingSend, Scope } from '../port/event-log.js';
import type { Claim, IdempotentRequest, RequestOutcome } from '../port/idempotency-store.js';

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

export interface SerializedEvent {
  readonly seq: number;
  readonly json: string;
  readonly identity: MessageIdentity | null;
}

export interface AppendedEvent {
  readonly seq: number;
  readonly identity: MessageIdentity | null;
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

/** Events in the order in which they were received: those received at `received` from the position `seq` on, and all received later. */
export interface ReceivedPosition {
  readonly received: number;
  readonly seq: number;
}

/** What one slice of background work did. */
export interface Slice {
  /** Rows that were changed. */
  readonly changed: number;
  /** Nothing is left to do. */
  readonly done: boolean;
}

/** A table of what is remembered beside events, and how old that may become. */
export type MetadataTable = 'spent' | 'sends' | 'handlings' | 'requests';

/** What the store can be asked, what that takes and what it gives. */
export interface Operations {
  append: { takes: NewEvent; gives: AppendedEvent };
  page: { takes: PageQuery; gives: { readonly events: readonly SerializedEvent[]; readonly hasMore: boolean } };
  /** A slice of them, some perhaps again; `next`: what to ask for the next slice with, null: there is none. */
  activeSince: {
    takes: { readonly from: ReceivedPosition };
    gives: { readonly conversationIds: readonly string[]; readonly next: ReceivedPosition | null };
  };
  expectEcho: { takes: NewPendingSend; gives: string };
  echoRefused: { takes: { readonly handle: string }; gives: null };
  nameListed: {
    takes: { readonly conversationId: string; readonly sightings: readonly ListedMessage[]; readonly now: number };
    gives: readonly MessageIdentity[];
  };
  named: {
    takes: { readonly conversationId: string; readonly key: string };
    gives: { readonly identity: MessageIdentity; readonly event: SerializedEvent | null } | null;
  };
  claimRequest: { takes: IdempotentRequest & { readonly now: number }; gives: Claim };
  settleRequest: { takes: RequestOutcome & { readonly name: string }; gives: null };
  releaseRequest: { takes: { readonly name: string }; gives: null };
  handling: { takes: { readonly conversationId: string }; gives: Handling };
  unlisted: { takes: { readonly conversationId: string; readonly received: number }; gives: readonly SerializedEvent[] };
  /** Each of these that yields a `Slice` does a part, to be asked again until it is done. */
  expireEvents: { takes: { readonly receivedBefore: number; readonly now: number }; gives: Slice };
  expireNames: { takes: { readonly givenBefore: number }; gives: Slice };
  expireTraces: { takes: { readonly trace: MetadataTable; readonly before: number }; gives: Slice };
  erasureBounds: { takes: { readonly conversationId: string }; gives: { readonly lastEvent: number; readonly lastName: number } };
  eraseEvents: { takes: { readonly conversationId: string; readonly upTo: number }; gives: Slice };
  eraseNames: { takes: { readonly conversationId: string; readonly upTo: number }; gives: Slice };
  eraseTraces: { takes: { readonly conversationId: string }; gives: null };
  releaseFreePages: { takes: Readonly<Record<string, never>>; gives: Slice };
  /** Keeps what was appended in the WAL, so that the file itself does not change, until it is released. */
  holdCheckpoints: { takes: { readonly held: boolean }; gives: null };
  /** Nothing but to hear whether anything can be asked. */
  look: { takes: Readonly<Record<string, never>>; gives: null };
  /** Takes some space, or gives it back, to see whether there is any. */
  probe: { takes: { readonly fill: boolean }; gives: null };
}

export type OperationName = keyof Operations;
export type OperationInput<K extends OperationName> = Operations[K]['takes'];
export type OperationResult<K extends OperationName> = Operations[K]['gives'];

export interface Request<K extends OperationName = OperationName> {
  readonly name: K;
  readonly input: OperationInput<K>;
}

/** `UNAVAILABLE`: the store could not do it. The others: what was asked for is refused, and nothing was changed. */
export type ErrorKind = 'EVENT_ID_REUSED' | 'CURSOR_EXPIRED' | 'UNAVAILABLE';

export type Reply =
  | { readonly ok: true; readonly result: OperationResult<OperationName> }
  | { readonly ok: false; readonly kind: ErrorKind; readonly message: string };

/** What the main thread sends. */
export type WorkerRequest = { readonly batch: readonly Request[] } | 'close';

/** Where an opened store stands. */
export interface WorkerReady {
  readonly epoch: string;
  /** The highest position ever given. */
  readonly head: number;
}

/** What the store's thread sends: first `opened` or `refused`, then one `replies` for each batch. */
export type WorkerResponse = { readonly opened: WorkerReady } | { readonly refused: string } | { readonly replies: readonly Reply[] };

/** How the store's thread is started. */
export interface StoreSettings {
  readonly file: string;
  /** For a file that is made now. */
  readonly newEpoch: string;
  /** The file may not outgrow this; null: as far as the disk reaches. */
  readonly maxBytes: number | null;
}
