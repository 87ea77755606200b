import type { MatchResult, PendingSend } from '../../domain/message-matching.js';
import { encodeName } from './message-identity-codec.js';
import type { StoredName } from './message-identity-codec.js';

/** What is known of messages, at one moment. */
export interface Known {
  readonly version: string;
  readonly names: readonly StoredName[];
  /** By digest: the key of the newest name that an event gave. */
  readonly newest: ReadonlyMap<string, string>;
  readonly sends: readonly PendingSend[];
}

/** What naming changed, a new name being placed behind all that were given before. */
export function withOrder({ version, names, newest }: Known, { changed }: MatchResult): StoredName[] {
  return changed.map((name, index) => {
    const known = names.find(({ id }) => id === name.id);
    const { order, before } = known ?? { order: Number(version) * 1_000 + index, before: newest.get(name.digest) ?? null };
    return { ...name, order, before: name.eventId === null ? null : before };
  });
}

/** Fields and values in turn: the names, and the ways to find them. So few that what a new event costs does not grow with how often the same was said before. */
export function fieldsOf({ names }: Known, changed: readonly StoredName[]): string[] {
  const fields = changed.flatMap((name) => [
    ...[`n${name.id}`, encodeName(name)],
    ...(name.listedId === null ? [`d${name.digest}`, name.id] : [`l${name.listedId}`, name.id]),
  ]);
  const changedKeys = new Set(changed.map(({ id }) => id));
  const after = [...names.filter(({ id }) => !changedKeys.has(id)), ...changed];
  for (const digest of new Set(changed.map((name) => name.digest))) {
    const [earlier, later] = [names, after].map((some) =>
      JSON.stringify(some.filter((name) => name.digest === digest && isUntold(name)).map(({ id }) => id)),
    );
    if (earlier !== later) fields.push(`w${digest}`, later ?? '');
  }
  return fields;
}

/** History listed it, and no event told it. */
const isUntold = ({ listedId, eventId }: StoredName): boolean => listedId !== null && eventId === null;
