import type { IdentityRecord, PendingSend } from '../../domain/message-matching.js';
import { encodeIdentity } from './message-identity-codec.js';
import type { StoredIdentity } from './message-identity-codec.js';

/** Stored state relevant to a match, read at one moment. */
export interface Known {
  readonly version: string;
  /** Those that have a field of their own. */
  readonly identities: readonly StoredIdentity[];
  /** Listed messages without an event, all of the conversation. Null if none matters to the match. */
  readonly waiting: readonly IdentityRecord[] | null;
  /** By digest: the key of the latest identity from an event. */
  readonly newest: ReadonlyMap<string, string>;
  readonly sends: readonly PendingSend[];
}

/** The changed identities with their order; new ones follow all earlier ones. */
export function withOrdering({ version, identities, newest }: Known, changed: readonly IdentityRecord[]): StoredIdentity[] {
  const known = new Map(identities.map((identity) => [identity.id, identity]));
  return changed.map((identity, index) => {
    const { order, before } = known.get(identity.id) ?? {
      order: Number(version) * 1_000 + index,
      before: newest.get(identity.digest) ?? null,
    };
    return { ...identity, order, before: identity.eventId === null ? null : before };
  });
}

/**
 * Alternating hash fields and values: the identities and their indices. Their number does not grow with how often the same text was sent
 * before.
 */
export function toHashFields({ identities }: Known, changed: readonly StoredIdentity[]): string[] {
  const fields = changed.flatMap((identity) => [
    ...[`n${identity.id}`, encodeIdentity(identity)],
    ...(identity.listedId === null ? [`d${identity.digest}`, identity.id] : [`l${identity.listedId}`, identity.id]),
  ]);
  const changedKeys = new Set(changed.map(({ id }) => id));
  const earlier = waitingByDigest(identities);
  const later = waitingByDigest([...identities.filter(({ id }) => !changedKeys.has(id)), ...changed]);
  for (const digest of new Set(changed.map((identity) => identity.digest))) {
    const keys = JSON.stringify(later.get(digest) ?? []);
    if (keys !== JSON.stringify(earlier.get(digest) ?? [])) fields.push(`w${digest}`, keys);
  }
  return fields;
}

/** By digest: the keys of those that history has listed, but that are not matched with an event. */
function waitingByDigest(identities: readonly StoredIdentity[]): ReadonlyMap<string, readonly string[]> {
  const waiting = new Map<string, string[]>();
  for (const { id, digest, listedId, eventId } of identities) {
    if (listedId === null || eventId !== null) continue;
    const alike = waiting.get(digest);
    if (alike === undefined) waiting.set(digest, [id]);
    else alike.push(id);
  }
  return waiting;
}
