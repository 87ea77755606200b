import { createHash } from 'node:crypto';
import { toBase64url } from '../../domain/base64url.js';
import { BadUserInputError, CursorExpiredError } from '../../domain/errors.js';
import type { Scope } from './event-log.js';

/** What a cursor holds: a position in one scope of one log. */
export interface Cursor {
  /** Epoch of the log that issued it; a new or restored log has another one. */
  readonly epoch: string;
  /** Events up to this position lie before the cursor; 0 if none do. */
  readonly position: number;
}

/** How a position in the inbox begins, decoded. */
export const INBOX_PREFIX = 'inbox ';

// Decoded form: format version, epoch, position, scope key.
const FORM = /^1 ([\w-]+) (\S+) ([ac][^]*)$/;
const NUMBER = /^(0|[1-9]\d{0,14})$/;

/** A key that is unique per scope, whatever characters the conversation id has. */
export function scopeKey(scope: Scope): string {
  return scope === 'all' ? 'a' : `c${scope.conversationId}`;
}

/** The scope of an event's own cursor: its conversation, or `all` if it has none. */
export function scopeOf(event: { readonly conversationId: string | null }): Scope {
  return event.conversationId === null ? 'all' : { conversationId: event.conversationId };
}

/** Stands for a scope where the conversation's id must not be stored. */
export function scopeHash(scope: Scope): string {
  return createHash('sha256').update(scopeKey(scope)).digest('base64url').slice(0, 22);
}

/** Encodes a cursor for clients: opaque and URL-safe. Equal positions encode to equal text. */
export function encodeCursor(scope: Scope, { epoch, position }: Cursor): string {
  return encodePosition(scope, epoch, String(position));
}

/** Decodes a cursor for use in `scope`. Throws `BadUserInputError` if it is malformed or belongs to another scope. */
export function decodeCursor(text: string, scope: Scope): Cursor {
  const { epoch, position } = decodePosition(text, scope);
  if (!NUMBER.test(position)) throw malformedCursor();
  return { epoch, position: Number(position) };
}

/** Like `encodeCursor`, for an engine with text positions. They must not contain blanks, and must be equal for equal positions. */
export function encodePosition(scope: Scope, epoch: string, position: string): string {
  return toBase64url(`1 ${epoch} ${position} ${scopeKey(scope)}`);
}

/** Like `decodeCursor`, for an engine with text positions. The engine validates the position. */
export function decodePosition(text: string, scope: Scope): { readonly epoch: string; readonly position: string } {
  const plain = Buffer.from(text, 'base64url').toString();
  const [, epoch, position, key] = FORM.exec(plain) ?? [];
  // Decoding ignores characters outside base64url, so only text that re-encodes to itself is valid.
  if (epoch === undefined || position === undefined || key === undefined || toBase64url(plain) !== text) {
    throw plain.startsWith(INBOX_PREFIX) ? inboxPosition(scope) : malformedCursor();
  }
  if (key !== scopeKey(scope)) throw otherScope(scope);
  return { epoch, position };
}

/** Which cursors are valid in a scope. */
const validCursors = (scope: Scope): string =>
  scope === 'all'
    ? 'use the `latestCursor` of `inbox` or `gateway`, or a cursor that was delivered'
    : "use the conversation's `latestCursor`, or the cursor of one of its events";

/** The error for a valid cursor of another scope. */
function otherScope(scope: Scope): BadUserInputError {
  return new BadUserInputError(
    `The cursor is not for ${scope === 'all' ? 'all conversations' : 'this conversation'}: ${validCursors(scope)}.`,
  );
}

/** The error for a position in the inbox where a position in the log is wanted. */
function inboxPosition(scope: Scope): BadUserInputError {
  return new BadUserInputError(`The cursor is a position in the inbox, for another page of it: ${validCursors(scope)}.`);
}

/** The error for text that is not a cursor. */
export function malformedCursor(): BadUserInputError {
  return new BadUserInputError('The cursor is malformed.');
}

/** The error for a valid cursor that can no longer be resumed from. */
export function cursorExpired(): CursorExpiredError {
  return new CursorExpiredError(
    'The cursor has expired: events after it are no longer stored. Query again and continue from the new cursor.',
  );
}
