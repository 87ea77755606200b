import { vendorId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';
import type { UserError } from '../schema/user-error.js';
import { userError } from './user-errors.js';

/** The vendor's id in an id of a mutation's input, which may be of either form; if it is invalid, an empty id and the errors. */
export function idInput(type: NodeType, field: string, value: string): { readonly id: string; readonly userErrors: readonly UserError[] } {
  const id = vendorId(type, value);
  if (id) return { id, userErrors: [] };
  const what = type.toLowerCase();
  const error =
    id === null ? userError('INVALID', [field], `Expected a ${what} id.`) : userError('REQUIRED', [field], `A ${what} id is required.`);
  return { id: '', userErrors: [error] };
}
