import { BadUserInputError, NotFoundError } from '../domain/errors.js';
import { MAX_SHARDS } from '../domain/shard.js';
import type { Shard } from '../domain/shard.js';
import { idDescription } from '../schema/descriptions.js';
import { vendorId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';

/** Describes an id argument. `noun`: the type of the object in lower case. */
export const eitherId = (noun: string) => ({ description: idDescription(noun) });

/** The vendor's id in an id argument of either form. Throws `BadUserInputError` that names the argument if it is of another type. */
export function idArgument(type: NodeType, argument: string, value: string): string {
  const id = vendorId(type, value);
  if (id === null) throw new BadUserInputError(`\`${argument}\` must be an id of type ${type}.`);
  if (id === '') throw new BadUserInputError(`\`${argument}\` must not be empty.`);
  return id;
}

/** For non-null fields: throws `NotFoundError` if the upstream no longer has it. */
export function requireFound<T>(value: T | null): T {
  if (value === null) throw new NotFoundError('Not found.');
  return value;
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
