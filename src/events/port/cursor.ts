import { createHash } from 'node:crypto';
import { toBase64url } from '../../domain/base64url.js';
import { BadUserInputError, CursorExpiredError } from '../../domain/errors.js';
import type { Scope } from './event-log.js';

/** What a cursor says: a place in one scope of one log. */
export interface Cursor {
  /** Of the log that made it: a log made anew has another. */
  readonly epoch: string;
  /** Everything up to here lies before the cursor; 0: nothing does. */
  readonly place: number;
}

// What lies under the base64url: format, epoch, place, scope.
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

/** A cursor as clients get it: opaque, and safe in a URL. The same place always gives the same text. */
export function encodeCursor(scope: Scope, { epoch, place }: Cursor): string {
  return encodePlace(scope, epoch, String(place));
}

/** Reads a cursor that is to be used in `scope`. Throws `BadUserInputError` where it was not made by `encodeCursor`, or for another scope. */
export function decodeCursor(text: string, scope: Scope): Cursor {
  const { epoch, place } = decodePlace(text, scope);
  if (!NUMBER.test(place)) throw malformedCursor();
  return { epoch, place: Number(place) };
}

/** As `encodeCursor`, for an engine whose places are texts: without blanks, the same text for the same place. */
export function encodePlace(scope: Scope, epoch: string, place: string): string {
  return toBase64url(`1 ${epoch} ${place} ${scopeKey(scope)}`);
}

/** As `decodeCursor`, for an engine whose places are texts. Whether it is a place of its own the engine has to see. */
export function decodePlace(text: string, scope: Scope): { readonly epoch: string; readonly place: string } {
  const plain = Buffer.from(text, 'base64url').toString();
  const [, epoch, place, key] = FORM.exec(plain) ?? [];
  // Decoding skips what is not base64url, so only a text that encodes back to itself is one of ours.
  if (epoch === undefined || place === undefined || key === undefined || toBase64url(plain) !== text) {
    throw malformedCursor();
  }
  if (key !== scopeKey(scope)) {
    throw new BadUserInputError(
      scope === 'all' ? 'The cursor is not one of all conversations.' : 'The cursor is not one of this conversation.',
    );
  }
  return { epoch, place };
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
