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
  return changed.map((identity, index) => {
    const known = identities.find(({ id }) => id === identity.id);
    const { order, before } = known ?? { order: Number(version) * 1_000 + index, before: newest.get(identity.digest) ?? null };
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
  const after = [...identities.filter(({ id }) => !changedKeys.has(id)), ...changed];
  for (const digest of new Set(changed.map((identity) => identity.digest))) {
    const [earlier, later] = [identities, after].map((some) =>
      JSON.stringify(some.filter((identity) => identity.digest === digest && isListedWithoutEvent(identity)).map(({ id }) => id)),
    );
    if (earlier !== later) fields.push(`w${digest}`, later ?? '');
  }
  return fields;
}

/** Listed by the history, but not matched with an event. */
const isListedWithoutEvent = ({ listedId, eventId }: StoredIdentity): boolean => listedId !== null && eventId === null;
