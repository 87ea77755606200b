import { toWellFormed } from './well-formed.js';

/** As `encodeURIComponent`, which throws for half of a surrogate pair. */
export const percentEncode = (text: string): string => encodeURIComponent(toWellFormed(text));
