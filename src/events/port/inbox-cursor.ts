import { toBase64url } from '../../domain/base64url.js';
import { BadUserInputError } from '../../domain/errors.js';
import { INBOX_PREFIX, cursorExpired } from './cursor.js';

/** Encodes a place in an inbox. Places are numbers, or words without blanks, of one log. */
export const encodeInboxCursor = (epoch: string, place: string): string => toBase64url(`${INBOX_PREFIX}${epoch} ${place}`);

/** The place that `encodeInboxCursor` encoded, if `form` matches it. Throws `CursorExpiredError` for a place in another log, `BadUserInputError` for anything else. */
export function decodeInboxCursor(text: string, epoch: string, form: RegExp): string {
  const [kind, ofLog, place = '', ...more] = Buffer.from(text, 'base64url').toString().split(' ');
  const isValid = kind === 'inbox' && more.length === 0 && form.test(place) && encodeInboxCursor(ofLog ?? '', place) === text;
  if (!isValid)
    throw new BadUserInputError(
      'The cursor is not a place in the inbox: use `pageInfo.endCursor` or `startCursor` of a page, or the cursor of an edge; `latestCursor` is for `inboxChanged`.',
    );
  if (ofLog !== epoch) throw cursorExpired();
  return place;
}
