import { createHash } from 'node:crypto';
import { base64urlOf } from '../../domain/base64url.js';
import { BadUserInputError, CursorExpiredError } from '../../domain/errors.js';
import type { Scope } from './event-log.js';

/** What a cursor says: a position in one scope of one log. */
export interface Cursor {
  /** Of the log that made it: a log made anew has another. */
  readonly epoch: string;
  /** Everything up to here lies before the cursor; 0: nothing does. */
  readonly position: number;
}

// What lies under the base64url: format, epoch, position, scope.
const FORM = /^1 ([\w-]+) (\S+) ([ac][^]*)$/;
const NUMBER = /^(0|[1-9]\d{0,14})$/;

/** One text for each scope, different for different scopes, whatever the conversation is called. */
export function scopeKey(scope: Scope): string {
  return scope === 'all' ? 'a' : `c${scope.conversationId}`;
}

/** The scope that an event's own cursor belongs to: its conversation, or all of them where it names none. */
export function scopeOf(event: { readonly conversationId: string | null }): Scope {
  return event.conversationId === null ? 'all' : { conversationId: event.conversationId };
}

/** What a scope is called where its conversation's id must not be kept. */
export function scopeHash(scope: Scope): string {
  return createHash('sha256').update(scopeKey(scope)).digest('base64url').slice(0, 22);
}

/** A cursor as clients get it: opaque, and safe in a URL. The same position always gives the same text. */
export function encodeCursor(scope: Scope, { epoch, position }: Cursor): string {
  return encodePosition(scope, epoch, String(position));
}

/** Reads a cursor that is to be used in `scope`. Throws `BadUserInputError` where it was not made by `encodeCursor`, or for another scope. */
export function decodeCursor(text: string, scope: Scope): Cursor {
  const { epoch, position } = decodePosition(text, scope);
  if (!NUMBER.test(position)) throw malformedCursor();
  return { epoch, position: Number(position) };
}

/** As `encodeCursor`, for an engine whose positions are texts: without blanks, the same text for the same position. */
export function encodePosition(scope: Scope, epoch: string, position: string): string {
  return base64urlOf(`1 ${epoch} ${position} ${scopeKey(scope)}`);
}

/** As `decodeCursor`, for an engine whose positions are texts. Whether it is a position of its own the engine has to see. */
export function decodePosition(text: string, scope: Scope): { readonly epoch: string; readonly position: string } {
  const plain = Buffer.from(text, 'base64url').toString();
  const [, epoch, position, key] = FORM.exec(plain) ?? [];
  // Decoding skips what is not base64url, so only a text that encodes back to itself is one of ours.
  if (epoch === undefined || position === undefined || key === undefined || base64urlOf(plain) !== text) {
    throw malformedCursor();
  }
  if (key !== scopeKey(scope)) {
    throw new BadUserInputError(
      scope === 'all' ? 'The cursor is not one of all conversations.' : 'The cursor is not one of this conversation.',
    );
  }
  return { epoch, position };
}

/** The fault of a text that is no cursor. */
export function malformedCursor(): BadUserInputError {
  return new BadUserInputError('The cursor is malformed.');
}

/** The fault of a cursor that was good once and cannot be followed any more. */
export function cursorExpired(): CursorExpiredError {
  return new CursorExpiredError(
    'The cursor has expired: events after it are no longer stored. Query afresh and go on from the new cursor.',
  );
}
