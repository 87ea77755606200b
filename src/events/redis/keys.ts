import { createHash } from 'node:crypto';
import { scopeHash } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';

/** Where something lies: in which partition, and under which name there. */
export interface Location {
  readonly partition: number;
  /** Of the conversation; that of all conversations for events without one. */
  readonly hash: string;
}

/** The names by which a script finds its keys. */
export interface Located {
  /** What all names in the partition begin with. */
  readonly base: string;
  /** Of the conversation; empty for scripts that touch none. */
  readonly hash: string;
}

/** Kinds of keys, as `scripts/prelude.ts` lists them. */
export type PartitionKeyKind = 'p' | 'g' | 'f' | 'kn' | 'kh' | 'ky';
export type ConversationKeyKind = 'e' | 'i' | 'y' | 'n' | 's' | 'h' | 't' | 'r';
export type KeyKind = PartitionKeyKind | ConversationKeyKind;

const PARTITION_KINDS: ReadonlySet<KeyKind> = new Set<PartitionKeyKind>(['p', 'g', 'f', 'kn', 'kh', 'ky']);

export function keyOf(kind: KeyKind, { base, hash }: Located): string {
  if (PARTITION_KINDS.has(kind)) return `${base}${kind}`;
  return kind === 'r' ? `${base}r:${hash.slice(0, 2)}` : `${base}${kind}:${hash}`;
}

/**
 * The names of what is stored. All of a partition shares a hash tag, so that a cluster keeps it in one slot; the claims of event ids are spread over all slots.
 * No name holds the id of a conversation: a hash stands for it, so that what is kept of an erased one does not tell whose it was.
 */
export class Keys {
  constructor(
    private readonly prefix: string,
    readonly partitions: number,
  ) {}

  /** What holds for the whole log. */
  static log(prefix: string): string {
    return `{${prefix}}:log`;
  }

  claim(idHash: string): string {
    return `${this.prefix}:id:${idHash}`;
  }

  /** What is remembered of a request. */
  request(name: string): string {
    return `${this.prefix}:request:${name}`;
  }

  /** The names of the requests about a conversation, given as a hash. */
  requestsOf(hash: string): string {
    return `${this.prefix}:requests:${hash}`;
  }

  /** How much one caller has used. */
  quota(caller: string): string {
    return `${this.prefix}:quota:${caller}`;
  }

  /** A ticket that was used. */
  ticket(id: string): string {
    return `${this.prefix}:ticket:${id}`;
  }

  /** What all names in a partition begin with. */
  base(partition: number): string {
    return `{${this.prefix}:${partition}}:`;
  }

  locate(scope: Scope): Location {
    const hash = scopeHash(scope);
    return { hash, partition: Buffer.from(hash, 'base64url').readUInt32BE() % this.partitions };
  }

  /** A partition as scripts find it. */
  partition(index: number): Located {
    return { base: this.base(index), hash: '' };
  }

  /** A conversation as scripts find it. */
  conversation(scope: Scope): Located {
    const { partition, hash } = this.locate(scope);
    return { base: this.base(partition), hash };
  }

  /** Every partition. */
  all(): Located[] {
    return Array.from({ length: this.partitions }, (_, index) => this.partition(index));
  }
}

/** What an event's id is called, whatever it is made of. */
export function hashId(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22);
}
