import { BadUserInputError, CursorExpiredError } from '../domain/errors.js';
import type { Scope } from './event-log.js';

/** What a cursor says: a place in one scope of one log. */
export interface Cursor {
  /** Of the log that made it: a log made anew has another. */
  readonly epoch: string;
  /** Everything up to here lies before the cursor; 0: nothing does. */
  readonly place: number;
}

// What lies under the base64url: format, epoch, place, scope.
const FORM = /^1 ([\w-]+) (0|[1-9]\d{0,14}) ([ac][^]*)$/;

/** One text for each scope, different for different scopes, whatever the conversation is called. */
export function scopeKey(scope: Scope): string {
  return scope === 'all' ? 'a' : `c${scope.conversationId}`;
}

/** The scope that an event's own cursor belongs to: its conversation, or all of them where it names none. */
export function scopeOf(event: { readonly conversationId: string | null }): Scope {
  return event.conversationId === null ? 'all' : { conversationId: event.conversationId };
}

/** A cursor as clients get it: opaque, and safe in a URL. The same place always gives the same text. */
export function encodeCursor(scope: Scope, { epoch, place }: Cursor): string {
  return Buffer.from(`1 ${epoch} ${place} ${scopeKey(scope)}`).toString('base64url');
}

/** Reads a cursor that is to be used in `scope`. Throws `BadUserInputError` where it was not made by `encodeCursor`, or for another scope. */
export function decodeCursor(text: string, scope: Scope): Cursor {
  const plain = Buffer.from(text, 'base64url').toString();
  const [, epoch, place, key] = FORM.exec(plain) ?? [];
  // Decoding skips what is not base64url, so only a text that encodes back to itself is one of ours.
  if (epoch === undefined || key === undefined || Buffer.from(plain).toString('base64url') !== text) {
    throw new BadUserInputError('The cursor is malformed.');
  }
  if (key !== scopeKey(scope)) {
    throw new BadUserInputError(
      scope === 'all' ? 'The cursor is not one of all conversations.' : 'The cursor is not one of this conversation.',
    );
  }
  return { epoch, place: Number(place) };
}

/** The fault of a cursor that was good once and cannot be followed any more. */
export function cursorExpired(): CursorExpiredError {
  return new CursorExpiredError(
    'The cursor has expired: events after it are no longer stored. Query afresh and go on from the new cursor.',
  );
}
