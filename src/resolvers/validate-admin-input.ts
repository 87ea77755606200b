import type { UserError } from '../schema/user-error.js';
import { MAX_LABEL, userError } from './user-errors.js';

/** What is wrong with the name of a channel or webhook; nothing where none is given. */
export function nameErrors(name: string | null | undefined): UserError[] {
  if (name === '') return [userError('REQUIRED', ['name'], 'It needs a name.')];
  return (name?.length ?? 0) > MAX_LABEL ? [userError('TOO_LONG', ['name'], `It may have ${MAX_LABEL} characters at most.`)] : [];
}

/** What is wrong with the address of a webhook; nothing where none is given. */
export function urlErrors(url: URL | null | undefined): UserError[] {
  if (!url || /^https?:$/.test(url.protocol)) return [];
  return [userError('INVALID', ['url'], 'It must be an http or https address.')];
}

/** An update that changes nothing is a mistake. */
export function emptyUpdateErrors(...definedFields: readonly unknown[]): UserError[] {
  const none = definedFields.every((value) => value === null || value === undefined);
  return none ? [userError('REQUIRED', null, 'Give something to change.')] : [];
}

/** Only what is given. */
export function definedFields<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
