import { hash } from 'node:crypto';
import { scopeHash } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';

/** The partition and the hash by which a conversation's keys are found. */
export interface Location {
  readonly partition: number;
  /** Hash of the conversation; of scope `all` for events without one. */
  readonly hash: string;
}

/** What a script's keys are built from. */
export interface Located {
  /** Common prefix of the partition's keys. */
  readonly base: string;
  /** Hash of the conversation; empty for scripts that access none. */
  readonly hash: string;
}

/** The keys of one sink. */
export interface SinkKeys {
  readonly state: string;
  readonly letters: string;
  readonly order: string;
  readonly requested: string;
}

/** Kinds of keys, documented in `scripts/shared-lua.ts`. */
export type PartitionKeyKind = 'p' | 'g' | 'f' | 'kn' | 'kh' | 'ky' | 'kb';
export type ConversationKeyKind = 'e' | 'i' | 'y' | 'n' | 's' | 'h' | 't' | 'r' | 'z' | 'b' | 'm' | 'hl';
export type KeyKind = PartitionKeyKind | ConversationKeyKind;

const PARTITION_KINDS: ReadonlySet<KeyKind> = new Set<PartitionKeyKind>(['p', 'g', 'f', 'kn', 'kh', 'ky', 'kb']);

/** The key of one kind for a conversation (`hash`) in a partition (`base`). */
export function keyOf(kind: KeyKind, { base, hash }: Located): string {
  if (PARTITION_KINDS.has(kind)) return `${base}${kind}`;
  return kind === 'r' ? `${base}r:${hash.slice(0, 2)}` : `${base}${kind}:${hash}`;
}

/**
 * The names of all keys. Keys of a partition share a hash tag, so that a cluster keeps them in one slot; claims of event ids are spread
 * over all slots. No key contains a conversation id but a hash of it, so that remains of an erased conversation do not reveal it.
 */
export class Keys {
  constructor(
    private readonly prefix: string,
    readonly partitions: number,
  ) {}

  /** The record of the log itself. */
  static log(prefix: string): string {
    return `{${prefix}}:log`;
  }

  /** The record of the log itself. */
  get record(): string {
    return Keys.log(this.prefix);
  }

  claim(idHash: string): string {
    return `${this.prefix}:id:${idHash}`;
  }

  /** The record of an idempotent request. */
  request(name: string): string {
    return `${this.prefix}:request:${name}`;
  }

  /** The set of requests about a conversation, by its hash. */
  requestsOf(hash: string): string {
    return `${this.prefix}:requests:${hash}`;
  }

  /** The rate limit counter of one caller. */
  quota(caller: string): string {
    return `${this.prefix}:quota:${caller}`;
  }

  /** The set of the names of all sinks. */
  sinks(): string {
    return `${this.prefix}:sinks`;
  }

  /** What is known of one sink: the keys of one share a hash tag. See `scripts/sinks.ts`. */
  sink(name: string): SinkKeys {
    const base = `{${this.prefix}:sink:${name}}:`;
    return { state: `${base}state`, letters: `${base}letters`, order: `${base}order`, requested: `${base}requested` };
  }

  /** The gateways on which the customer of a conversation has a live subscription, by the conversation's hash. */
  presence(hash: string): string {
    return `${this.prefix}:present:${hash}`;
  }

  /** A used ticket. */
  ticket(id: string): string {
    return `${this.prefix}:ticket:${id}`;
  }

  /** Common prefix of a partition's keys. */
  base(partition: number): string {
    return `{${this.prefix}:${partition}}:`;
  }

  locate(scope: Scope): Location {
    const hash = scopeHash(scope);
    return { hash, partition: Buffer.from(hash, 'base64url').readUInt32BE() % this.partitions };
  }

  /** A partition, for scripts. */
  partition(index: number): Located {
    return { base: this.base(index), hash: '' };
  }

  /** A conversation, for scripts. */
  conversation(scope: Scope): Located {
    const { partition, hash } = this.locate(scope);
    return { base: this.base(partition), hash };
  }

  /** Every partition. */
  all(): Located[] {
    return Array.from({ length: this.partitions }, (_, index) => this.partition(index));
  }
}

/** Fixed-length hash of an event id. */
export function hashId(id: string): string {
  return hash('sha256', id, 'base64url').slice(0, 22);
}
