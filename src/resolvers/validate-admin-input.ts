import type { UserError } from '../schema/user-error.js';
import { MAX_LABEL, userError } from './user-errors.js';

/** Errors of the name of a channel or webhook; none if it is not set. */
export function nameErrors(name: string | null | undefined): UserError[] {
  if (name === '') return [userError('REQUIRED', ['name'], 'Name is required.')];
  return (name?.length ?? 0) > MAX_LABEL ? [userError('TOO_LONG', ['name'], `Must be at most ${MAX_LABEL} characters.`)] : [];
}

/** Errors of the URL of a webhook; none if it is not set. */
export function urlErrors(url: URL | null | undefined): UserError[] {
  if (!url || /^https?:$/.test(url.protocol)) return [];
  return [userError('INVALID', ['url'], 'Must be an http or https URL.')];
}

/** An update that changes nothing is an error. */
export function emptyUpdateErrors(...definedFields: readonly unknown[]): UserError[] {
  const none = definedFields.every((value) => value === null || value === undefined);
  return none ? [userError('REQUIRED', null, 'At least one field must be set.')] : [];
}

/** Only the fields that are set. */
export function definedFields<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
