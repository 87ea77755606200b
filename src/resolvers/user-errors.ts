import { InvalidFieldError, NotFoundError, UpstreamRejectedError } from '../domain/errors.js';
import type { UserError } from '../schema/user-error.js';

/** How long a caller's own ids and names may be, in characters. */
export const MAX_LABEL = 255;
/** The upstream's limit on the properties of a customer. */
export const MAX_PROPERTIES = 30;
/** The upstream's limit on earlier messages. */
export const MAX_HISTORY = 200;

export const userError = (code: UserError['code'], field: readonly string[] | null, message: string): UserError => ({
  code,
  field,
  message,
});

/** The user errors for what a caller can fix of an upstream's rejection; any other error is rethrown. `subject`: the input field whose id a `NotFoundError` is about. */
export function toUserErrors(error: unknown, subject: string): UserError[] {
  if (error instanceof NotFoundError) return [userError('NOT_FOUND', [subject], 'Not found.')];
  if (error instanceof InvalidFieldError) return [userError('INVALID', error.field, error.message)];
  if (!(error instanceof UpstreamRejectedError)) throw error;
  const code = error.status === 409 ? 'CONFLICT' : 'UPSTREAM_REFUSED';
  const reasons = error.reasons.map(({ field, message }) => userError(code, null, field === null ? message : `${field}: ${message}`));
  return reasons.length > 0 ? reasons : [userError(code, null, 'The contact centre rejected the request.')];
}
