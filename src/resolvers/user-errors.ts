import { InvalidFieldError, NotFoundError, UpstreamRejectedError } from '../domain/errors.js';
import type { UserError } from '../schema/user-error.js';

/** How long a caller's own ids and names may be, in characters. */
export const MAX_LABEL = 255;
/** As many properties of a customer as the upstream takes. */
export const MAX_PROPERTIES = 30;
/** As many earlier messages as the upstream takes. */
export const MAX_HISTORY = 200;

export const userError = (code: UserError['code'], field: readonly string[] | null, message: string): UserError => ({
  code,
  field,
  message,
});

/** What a caller can mend of an upstream's refusal; any other error is thrown on. `subject`: the input that names what may not be there. */
export function toUserErrors(error: unknown, subject: string): UserError[] {
  if (error instanceof NotFoundError) return [userError('NOT_FOUND', [subject], 'There is none of this id.')];
  if (error instanceof InvalidFieldError) return [userError('INVALID', error.field, error.message)];
  if (!(error instanceof UpstreamRejectedError)) throw error;
  const code = error.status === 409 ? 'CONFLICT' : 'UPSTREAM_REFUSED';
  const reasons = error.reasons.map(({ field, message }) => userError(code, null, field === null ? message : `${field}: ${message}`));
  return reasons.length > 0 ? reasons : [userError(code, null, 'The contact centre refused it.')];
}
