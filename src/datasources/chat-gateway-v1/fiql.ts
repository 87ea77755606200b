import { BadUserInputError } from '../../domain/errors.js';
import { isWellFormed } from '../../domain/well-formed.js';

/** `selector==value`. */
export type Constraint = readonly [selector: string, value: string];

/**
 * Constraints that must all hold, in FIQL (draft-nottingham-atompub-fiql-00); null where there are none. FIQL has no quotes: in a value everything but the
 * unreserved characters of RFC 3986 is percent-encoded, `*` too, which would be a wildcard. As a query parameter the whole is to be encoded once more.
 * Throws `BadUserInputError` for a value that is no Unicode text.
 */
export function fiql(constraints: readonly Constraint[]): string | null {
  if (constraints.length === 0) return null;
  return constraints.map(([selector, value]) => `${selector}==${encoded(value)}`).join(';');
}

function encoded(value: string): string {
  if (!isWellFormed(value)) throw new BadUserInputError('A filter value contains an unpaired surrogate.');
  // RFC 3986 reserves these, and encodeURIComponent leaves them.
  return encodeURIComponent(value).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
