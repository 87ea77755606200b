import { BadUserInputError, NotFoundError } from '../domain/errors.js';
import { vendorId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';

/** Of an id argument. */
export const EITHER_ID = { description: 'Global `id`, or the id in the contact centre.' };

/** The vendor's id that an id argument holds in either form. Of another type: `BadUserInputError` that names the argument. */
export function idArgument(type: NodeType, argument: string, value: string): string {
  const id = vendorId(type, value);
  if (id === null) throw new BadUserInputError(`\`${argument}\` is a global id of another type than ${type}.`);
  if (id === '') throw new BadUserInputError(`\`${argument}\` must not be empty.`);
  return id;
}

/** What a non-null field needs: rejects with `NotFoundError` where the upstream has it no more. */
export function requireFound<T>(value: T | null): T {
  if (value === null) throw new NotFoundError('It is not there any more.');
  return value;
}
