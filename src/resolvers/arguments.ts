import { BadUserInputError, NotFoundError } from '../domain/errors.js';
import { vendorId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';

/** Of an id argument. */
export const EITHER_ID = { description: 'Global `id`, or the id in the contact centre.' };

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
