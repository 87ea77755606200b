import type { EventType } from '../../domain/event.js';
import type { HealingDecision, HealingRejection } from '../../domain/healing.js';
import type { AuthorClass, OwnAuthor } from '../../domain/inbox-reader.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import type { ConversationState } from '../../domain/state.js';
import type { NewPendingSend, Scope } from '../port/event-log.js';
import type { Claim, IdempotentRequest, RequestOutcome } from '../port/idempotency-store.js';
import { shortDigest } from '../port/short-digest.js';
import type { SinkOperations } from './sink-operations.js';

/** An event to be stored. Times are epoch milliseconds here and below. */
export interface NewEvent {
  readonly id: string;
  readonly conversationId: string | null;
  readonly type: EventType;
  readonly occurredAt: number;
  readonly receivedAt: number;
  /** By `encodeEvent`. */
  readonly json: string;
  /** Digest, as stored, of the message that a `MESSAGE_ADDED` in a conversation carries; null otherwise. */
  readonly digest: string | null;
  /** Who wrote the message that it carries; null if it carries none. */
  readonly author?: AuthorClass | null;
  /** Id of the customer that it reports; absent if it reports none. */
  readonly reported?: string | null;
  /** Handle of the send whose echo it is, if known. */
  readonly echoOf?: string | null;
  /** Of a late event: the messages with its content that history lists around its time. */
  readonly listed?: readonly SerializedMessage[];
}

/** A listed message, for the worker: an array is cloned fastest. */
export type SerializedMessage = readonly [listedId: string, digest: string, createdAt: number | null];

export const toSerialized = ({ listedId, digest, createdAt }: ListedMessage): SerializedMessage => [
  listedId,
  shortDigest(digest),
  createdAt === null ? null : createdAt.getTime(),
];

export const fromSerialized = ([listedId, digest, createdAt]: SerializedMessage): ListedMessage => ({
  listedId,
  digest,
  createdAt: createdAt === null ? null : new Date(createdAt),
});

/** The identity of a listed message, without the listed id, which whoever asks knows. */
export type SerializedIdentity = readonly [id: string, clientMessageId: string | null];

export const toSerializedIdentity = ({ id, clientMessageId }: MessageIdentity): SerializedIdentity => [id, clientMessageId];

export interface SerializedEvent {
  readonly seq: number;
  readonly json: string;
  readonly identity: MessageIdentity | null;
}

/** A message that no history read has listed, for the worker: an array is cloned fastest. */
export type SerializedUnlisted = readonly [id: string, clientMessageId: string | null, occurredAt: number, receivedAt: number];

export interface AppendedEvent {
  readonly seq: number;
  readonly identity: MessageIdentity | null;
  readonly duplicate: boolean;
  /** Of a duplicate: the stored event; null if it was erased. */
  readonly json: string | null;
}

export interface PageQuery {
  readonly scope: Scope;
  /** Null means from the start, ignoring the low watermark. */
  readonly after: number | null;
  readonly before: number | null;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly types: readonly EventType[] | null;
  /** True if events after `after` that were removed are skipped. */
  readonly skipRemoved?: boolean;
}

/** A conversation in the inbox, as one reader sees it. */
export interface InboxRow {
  readonly conversationId: string;
  readonly activity: number;
  readonly active: number;
  /** JSON of its `ShownSummary`; null while no event has changed it. */
  readonly shown: string | null;
  /** Messages of others. */
  readonly others: number;
  /** The reader's marker; null if it has none. */
  readonly position: number | null;
  readonly seen: number | null;
  readonly lastMessage: SerializedEvent | null;
}

/** Whose inbox is read: a hash that names its markers, and whose messages are its own. */
interface ReaderInput {
  readonly reader: string;
  readonly author: OwnAuthor;
}

/** A position in the order of receipt: events received at `received` from the position `seq` on, and all received later. */
export interface ReceivedPosition {
  readonly received: number;
  readonly seq: number;
}

/** Result of one slice of background work. */
export interface Slice {
  /** Rows that were changed. */
  readonly changed: number;
  /** Nothing is left to do. */
  readonly done: boolean;
}

/** A table of metadata whose rows expire by age. */
export type MetadataTable = 'spent' | 'sends' | 'handlings' | 'requests' | 'erasures';

/** The worker's operations, their input and result. */
export interface Operations extends SinkOperations {
  append: { input: NewEvent; result: AppendedEvent };
  /** `since`, here and with `heal`: as of `OverdueMessages`. `from`, `to`: the first and the last time of the messages. */
  decideHealing: {
    input: {
      readonly conversationId: string;
      readonly since: number | null;
      readonly listedIds: readonly string[];
      readonly from: number;
      readonly to: number;
    };
    result: readonly HealingDecision[];
  };
  heal: {
    input: {
      readonly conversationId: string;
      readonly since: number | null;
      readonly messages: readonly { readonly listedId: string; readonly event: NewEvent }[];
    };
    result: readonly (AppendedEvent | HealingRejection)[];
  };
  erasedAt: { input: { readonly conversationId: string }; result: number | null };
  readPage: { input: PageQuery; result: { readonly events: readonly SerializedEvent[]; readonly hasMore: boolean } };
  /** One slice of them, possibly with repeats; `next`: input of the next slice, null after the last. */
  activeSince: {
    input: { readonly from: ReceivedPosition };
    result: { readonly conversationIds: readonly string[]; readonly next: ReceivedPosition | null };
  };
  registerPendingSend: { input: NewPendingSend; result: string };
  cancelPendingSend: { input: { readonly handle: string }; result: null };
  identifyListedMessages: {
    input: {
      readonly conversationId: string;
      readonly sightings: readonly SerializedMessage[];
      readonly now: number;
      readonly retryHorizonMs: number;
    };
    /** `identities`: in the order of `sightings`. */
    result: { readonly identities: readonly SerializedIdentity[]; readonly isChanged: boolean; readonly mayBeLost: boolean };
  };
  findByIdentity: {
    input: { readonly conversationId: string; readonly key: string };
    result: { readonly identity: MessageIdentity; readonly event: SerializedEvent | null } | null;
  };
  claimRequest: { input: IdempotentRequest & { readonly now: number }; result: Claim };
  settleRequest: { input: RequestOutcome & { readonly name: string }; result: null };
  releaseRequest: { input: { readonly name: string }; result: null };
  beat: {
    input: { readonly now: number; readonly lastEventAt: number | null; readonly gapMs: number };
    result: { readonly from: number; readonly to: number } | null;
  };
  settleGap: { input: { readonly to: number }; result: null };
  interactionMetrics: { input: { readonly conversationId: string }; result: Handling };
  eventsMissingFromHistory: {
    input: { readonly conversationId: string; readonly received: number };
    result: { readonly messages: readonly SerializedUnlisted[]; readonly knownFrom: number };
  };
  inboxPage: {
    input: ReaderInput & {
      /** Only rows below this position; null if there is no bound. */
      readonly below: number | null;
      /** Only rows above this position; null if there is no bound. */
      readonly above: number | null;
      readonly limit: number;
      /** True for the lowest of them, false for the highest. */
      readonly fromEnd: boolean;
      readonly states: readonly ConversationState[] | null;
      readonly customerId: string | null;
      readonly unreadOnly: boolean;
      readonly among: readonly string[] | null;
    };
    /** `rows`: the highest first. `next`: the position below which the next page begins, or above which if read from the end; null if there is none. */
    result: { readonly rows: readonly InboxRow[]; readonly next: number | null; readonly incomplete: readonly number[] };
  };
  /** `incomplete`, here and with a page: numbers of the conversations whose stored summaries are not complete. */
  inboxRows: {
    input: ReaderInput & { readonly conversationIds: readonly string[] };
    result: { readonly rows: readonly (InboxRow | null)[]; readonly incomplete: readonly number[] };
  };
  /** Completes summaries. Returns whether any was changed. */
  keepSummaries: { input: { readonly conversations: readonly number[] }; result: boolean };
  storeMarker: {
    input: { readonly conversationId: string; readonly reader: string; readonly position: number; readonly seen: number };
    result: null;
  };
  /** Operations with the result `Slice` do a part of the work; repeat them until it is done. */
  expireEvents: { input: { readonly receivedBefore: number; readonly now: number }; result: Slice };
  /** Ends the waiting of messages listed before then. */
  settleWaiting: { input: { readonly listedBefore: number }; result: Slice };
  expireIdentities: { input: { readonly keptBefore: number }; result: Slice };
  expireMetadata: { input: { readonly table: MetadataTable; readonly before: number }; result: Slice };
  erasureBounds: {
    input: { readonly conversationId: string; readonly now: number };
    result: { readonly lastEvent: number; readonly lastIdentity: number };
  };
  eraseEvents: { input: { readonly conversationId: string; readonly upTo: number }; result: Slice };
  eraseIdentities: { input: { readonly conversationId: string; readonly upTo: number }; result: Slice };
  eraseMetadata: { input: { readonly conversationId: string }; result: null };
  releaseFreePages: { input: Readonly<Record<string, never>>; result: Slice };
  /** Keeps appended data in the WAL, so that the file itself does not change, until released. */
  holdCheckpoints: { input: { readonly held: boolean }; result: null };
  /** Checks that the worker replies. */
  ping: { input: Readonly<Record<string, never>>; result: null };
  /** Occupies some space, or releases it, to detect a full disk. */
  probeDisk: { input: { readonly fill: boolean }; result: null };
}

export type OperationName = keyof Operations;
export type OperationInput<K extends OperationName> = Operations[K]['input'];
export type OperationResult<K extends OperationName> = Operations[K]['result'];

export interface Request<K extends OperationName = OperationName> {
  readonly name: K;
  readonly input: OperationInput<K>;
}

/** `UNAVAILABLE`: the store failed. The others are rejections before any change. */
export type ErrorKind = 'EVENT_ID_REUSED' | 'CURSOR_EXPIRED' | 'UNAVAILABLE';

export type Reply =
  | { readonly ok: true; readonly result: OperationResult<OperationName> }
  | { readonly ok: false; readonly kind: ErrorKind; readonly message: string };

/** Sent by the main thread. */
export type WorkerRequest = { readonly batch: readonly Request[] } | 'close';

/** State of an opened store. */
export interface WorkerReady {
  readonly epoch: string;
  /** The highest position ever assigned. */
  readonly head: number;
  /** Hashes of the conversations that something is stored of, for `StoredConversations`. */
  readonly conversations: Uint32Array;
}

/** Sent by the worker: first `opened` or `openError`, then one `replies` per batch. */
export type WorkerResponse = { readonly opened: WorkerReady } | { readonly openError: string } | { readonly replies: readonly Reply[] };

/** Settings of the worker. */
export interface StoreSettings {
  readonly file: string;
  /** For a new file. */
  readonly newEpoch: string;
  /** Maximum file size. Null if only the disk limits it. */
  readonly maxBytes: number | null;
  /** For the migration of a file of an earlier format. */
  readonly now: number;
  readonly retryHorizonMs: number;
}
