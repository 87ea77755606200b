import { BadUserInputError, NotFoundError } from '../domain/errors.js';
import type { EventType } from '../domain/event.js';
import { MAX_SHARDS } from '../domain/shard.js';
import type { Shard } from '../domain/shard.js';
import { isWellFormed } from '../domain/well-formed.js';
import { idDescription } from '../schema/descriptions.js';
import { vendorId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';
import { MAX_LABEL } from './user-errors.js';

/** Describes an id argument. `noun`: the type of the object in lower case. */
export const eitherId = (noun: string) => ({ description: idDescription(noun) });

/** The vendor's id in an id argument of either form. Throws `BadUserInputError` that names the argument if it is of another type. */
export function idArgument(type: NodeType, argument: string, value: string): string {
  const id = vendorId(type, value);
  if (id === null) throw new BadUserInputError(`\`${argument}\` must be an id of type ${type}.`);
  if (id === '') throw new BadUserInputError(`\`${argument}\` must not be empty.`);
  return id;
}

/**
 * The vendor's id in an argument that names a channel to filter by; null if it is omitted. Throws `BadUserInputError` that names the argument if no channel can have it.
 * Whether there is such a channel: `requireChannel`.
 */
export function channelArgument(argument: string, value: string | null | undefined): string | null {
  return value === null || value === undefined ? null : labelArgument(argument, idArgument('Channel', argument, value));
}

/** A caller's own id or name; null if it is omitted. Throws `BadUserInputError` that names the argument if it is empty, too long or no Unicode. */
export function labelArgument(argument: string, value: string | null | undefined): string | null {
  if (value === '') throw new BadUserInputError(`\`${argument}\` must not be empty.`);
  if ((value?.length ?? 0) > MAX_LABEL) throw new BadUserInputError(`\`${argument}\` must be at most ${MAX_LABEL} characters.`);
  requireUnicode(argument, value ?? '');
  return value ?? null;
}

/** Throws `BadUserInputError` that names the argument if it holds an unpaired surrogate. */
export function requireUnicode(argument: string, value: string): void {
  if (!isWellFormed(value)) throw new BadUserInputError(`\`${argument}\` contains invalid Unicode.`);
}

/** For non-null fields: throws `NotFoundError` if the upstream no longer has it. */
export function requireFound<T>(value: T | null): T {
  if (value === null) throw new NotFoundError('Not found.');
  return value;
}

/** Of an argument that lists types of events. */
export const TYPES_ARGUMENT = { nullable: true, description: 'Only events of these types, at least one; all types if omitted.' };

/** The values of a filter; null if it is omitted. Throws `BadUserInputError` that names it if it lists none: it would match nothing, for ever. */
export function listArgument<T>(argument: string, values: readonly T[] | null | undefined): readonly T[] | null {
  if (values === null || values === undefined) return null;
  if (values.length === 0) throw new BadUserInputError(`\`${argument}\` must not be empty: list at least one, or omit it for all.`);
  return values;
}

/** Of an argument that lists types of stored events. */
export const STORED_TYPES_ARGUMENT = {
  nullable: true,
  description: 'Only events of these types, at least one that is stored, as all but TYPING_CHANGED are; all types if omitted.',
};

/** Types of stored events; null for all. Throws `BadUserInputError` as `listArgument` does, and if none of the types is stored. */
export function storedTypesArgument(types: readonly EventType[] | null | undefined): readonly EventType[] | null {
  const wanted = listArgument('types', types);
  if (wanted?.every((type) => type === 'TYPING_CHANGED'))
    throw new BadUserInputError('`types` lists only TYPING_CHANGED, which is not stored: it is delivered by subscriptions alone.');
  return wanted;
}

/** The shard that an argument asks for; null for all conversations. Throws `BadUserInputError` that names what is out of range. */
export function shardArgument(shard: Shard | null | undefined): Shard | null {
  if (shard === null || shard === undefined) return null;
  const { index, count } = shard;
  if (count < 1 || count > MAX_SHARDS) throw new BadUserInputError(`\`shard.count\` must be between 1 and ${MAX_SHARDS}; got ${count}.`);
  if (index < 0 || index >= count)
    throw new BadUserInputError(`\`shard.index\` must be between 0 and ${count - 1}, below \`shard.count\`; got ${index}.`);
  return { index, count };
}
