import type { MatchResult, PendingSend } from '../../domain/message-matching.js';
import { encodeIdentity } from './message-identity-codec.js';
import type { StoredIdentity } from './message-identity-codec.js';

/** What is known of messages, at one moment. */
export interface Known {
  readonly version: string;
  readonly names: readonly StoredIdentity[];
  /** By digest: the key of the newest name that an event gave. */
  readonly newest: ReadonlyMap<string, string>;
  readonly sends: readonly PendingSend[];
}

/** What match changed, a new name being withVectors behind all that were given before. */
export function withOrdering({ version, names, newest }: Known, { changed }: MatchResult): StoredIdentity[] {
  return changed.map((name, index) => {
    const known = names.find(({ id }) => id === name.id);
    const { order, before } = known ?? { order: Number(version) * 1_000 + index, before: newest.get(name.digest) ?? null };
    return { ...name, order, before: name.eventId === null ? null : before };
  });
}

/** Fields and values in turn: the names, and the ways to find them. So few that what a new event costs does not grow with how often the same was said before. */
export function toHashFields({ names }: Known, changed: readonly StoredIdentity[]): string[] {
  const fields = changed.flatMap((name) => [
    ...[`n${name.id}`, encodeIdentity(name)],
    ...(name.listedId === null ? [`d${name.digest}`, name.id] : [`l${name.listedId}`, name.id]),
  ]);
  const changedKeys = new Set(changed.map(({ id }) => id));
  const after = [...names.filter(({ id }) => !changedKeys.has(id)), ...changed];
  for (const digest of new Set(changed.map((name) => name.digest))) {
    const [earlier, later] = [names, after].map((some) =>
      JSON.stringify(some.filter((name) => name.digest === digest && isListedWithoutEvent(name)).map(({ id }) => id)),
    );
    if (earlier !== later) fields.push(`w${digest}`, later ?? '');
  }
  return fields;
}

/** History listed it, and no event told it. */
const isListedWithoutEvent = ({ listedId, eventId }: StoredIdentity): boolean => listedId !== null && eventId === null;
