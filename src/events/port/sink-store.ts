/** How many failed events are kept of each sink; beyond them the oldest is dropped. */
export const MAX_DEAD_LETTERS = 10_000;

/** A shard of a sink that a gateway may deliver now. */
export interface LeasedShard {
  readonly shard: number;
  /** Rises with each change of owner. Writes with an earlier one have no effect. */
  readonly token: number;
  /** Of scope `all`: every event of the shard up to it was delivered, or did not have to be. */
  readonly cursor: string;
}

/** A gateway's request for its part of a sink's work. */
export interface LeaseRequest {
  readonly sink: string;
  /** Id of the gateway. */
  readonly owner: string;
  /** How many shards the sink has; always the same. */
  readonly shards: number;
  /** How long the lease lasts without renewal, in milliseconds. */
  readonly ttlMs: number;
  /** The cursor where a sink that is not known yet begins. */
  readonly start: string;
}

export interface SinkLease {
  /** The shards that the gateway owns, earlier ones included. */
  readonly shards: readonly LeasedShard[];
  /** How many it should own: it should release the others, since another gateway has too few. */
  readonly share: number;
  /** In how many milliseconds another gateway no longer counts unless it asks again, and its shards are free; null if there is no other. */
  readonly nextFreeMs: number | null;
  /** Null unless the sink is disabled: its shards can be leased, but must not be delivered. */
  readonly disabled: Disabled | null;
  /** How many dead letters there are, and how many of them are to be sent again. */
  readonly deadLetters: number;
  readonly requested: number;
}

/** When and why a sink was disabled. */
export interface Disabled {
  readonly at: Date;
  readonly reason: string;
}

/** How a sink's receiver does, as a gateway has seen it. */
export interface ReceiverReport {
  /** When it last accepted an event; null if it has not. */
  readonly acceptedAt: Date | null;
  /** The last attempt that failed, whatever the cause; null if none did. */
  readonly lastFailure: DeliveryFailure | null;
}

/** When and why an attempt failed. */
export interface DeliveryFailure {
  readonly at: Date;
  /** For operators: a status, or a kind of failure. Holds nothing that the receiver sent, and no address. */
  readonly reason: string;
}

/** How far one shard of a sink has been delivered. */
export interface ShardProgress {
  readonly shard: number;
  readonly token: number;
  readonly cursor: string;
}

/** An event whose delivery was abandoned. Without its content, which is in the log. */
export interface DeadLetter {
  readonly eventId: string;
  readonly conversationId: string | null;
  readonly type: string;
  readonly failedAt: Date;
  readonly attempts: number;
  /** The outcome of the last attempt: a status, or a kind of failure. Holds nothing that the receiver sent. */
  readonly reason: string;
}

/** A sink as the store knows it; what is known of its receiver, by the reports of all gateways. */
export interface SinkState extends ReceiverReport {
  readonly sink: string;
  readonly disabled: Disabled | null;
  /** Only shards that a gateway has owned. */
  readonly shards: readonly { readonly shard: number; readonly cursor: string; readonly owned: boolean }[];
  readonly deadLetters: number;
  /** Channels (vendor ids) that the sink is limited to and that do not exist, as last reported. */
  readonly unknownChannels: readonly string[];
}

/**
 * What is known durably of the sinks' progress: cursors and leases of their shards, whether they are disabled, and dead letters. Part of
 * the event log, with the same durability and sharing. Every engine passes `test/contract/event-log/sinks`. All methods reject with
 * `LogUnavailableError` if the store cannot be used.
 */
export interface SinkStore {
  /**
   * Renews the leases of a gateway, and leases it further free shards up to its share: all shards divided by the gateways that have asked
   * within their `ttlMs`. A shard is free if nobody owns it or its lease has run out.
   */
  lease(request: LeaseRequest): Promise<SinkLease>;
  /** Records progress of shards. Returns those that the owner no longer has: their progress is not recorded. */
  advance(sink: string, owner: string, progress: readonly ShardProgress[]): Promise<readonly number[]>;
  /** Like `advance`, and ends the leases of these shards. */
  release(sink: string, owner: string, progress: readonly ShardProgress[]): Promise<void>;
  /** The gateway no longer takes part: ends all leases that it has left. */
  leave(sink: string, owner: string): Promise<void>;

  /** Adds a gateway's report: the latest time of each kind, over all gateways, is kept. */
  report(sink: string, report: ReceiverReport): Promise<void>;

  /** Replaces what was reported of the channels that the sink is limited to and that do not exist; empty if all of them do. */
  reportUnknownChannels(sink: string, channelIds: readonly string[]): Promise<void>;

  /** Disables a sink until `enable`. */
  disable(sink: string, disabled: Disabled): Promise<void>;
  /** Returns false if it was not disabled. */
  enable(sink: string): Promise<boolean>;

  /** Keeps an abandoned event, or replaces what is known of it. The oldest are dropped beyond `MAX_DEAD_LETTERS`. */
  addDeadLetter(sink: string, letter: DeadLetter): Promise<void>;
  /** The oldest first. */
  deadLetters(sink: string, limit: number): Promise<readonly DeadLetter[]>;
  /** Requests that dead letters are sent again: one event's, or all. Returns how many there are. */
  requestRetry(sink: string, eventId: string | null): Promise<number>;
  /** Withdraws requests and returns their letters, which are kept until they are removed or replaced. Each is returned to one caller. */
  takeRequested(sink: string, limit: number): Promise<readonly DeadLetter[]>;
  removeDeadLetter(sink: string, eventId: string): Promise<void>;
  /** Removes dead letters that failed before then. Returns how many. */
  expireDeadLetters(sink: string, failedBefore: Date): Promise<number>;

  /** Every sink that the store knows, by name. */
  states(): Promise<readonly SinkState[]>;
}
