import { toBase64url } from '../../domain/base64url.js';
import { BadUserInputError } from '../../domain/errors.js';
import { INBOX_PREFIX, cursorExpired } from './cursor.js';

/** Encodes a position in an inbox. Positions are numbers, or words without blanks, of one log. */
export const encodeInboxCursor = (epoch: string, position: string): string => toBase64url(`${INBOX_PREFIX}${epoch} ${position}`);

/** The position that `encodeInboxCursor` encoded, if `form` matches it. Throws `CursorExpiredError` for a position in another log, `BadUserInputError` for anything else. */
export function decodeInboxCursor(text: string, epoch: string, form: RegExp): string {
  const [kind, ofLog, position = '', ...more] = Buffer.from(text, 'base64url').toString().split(' ');
  const isValid = kind === 'inbox' && more.length === 0 && form.test(position) && encodeInboxCursor(ofLog ?? '', position) === text;
  if (!isValid)
    throw new BadUserInputError(
      'The cursor is not a position in the inbox: use `pageInfo.endCursor` or `startCursor` of a page, or the cursor of an edge; `latestCursor` is for `inboxChanged`.',
    );
  if (ofLog !== epoch) throw cursorExpired();
  return position;
}
