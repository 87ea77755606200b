import { vendorId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';
import type { UserError } from '../schema/user-error.js';
import { userError } from './user-errors.js';

/** The vendor's id in an id of a mutation's input, which may hold either form; or what is wrong with it, and then an empty id. */
export function idInput(type: NodeType, field: string, value: string): { readonly id: string; readonly userErrors: readonly UserError[] } {
  const id = vendorId(type, value);
  if (id) return { id, userErrors: [] };
  const what = type.toLowerCase();
  const error =
    id === null
      ? userError('INVALID', [field], `This is the id of something else than a ${what}.`)
      : userError('REQUIRED', [field], `This needs the id of a ${what}.`);
  return { id: '', userErrors: [error] };
}
