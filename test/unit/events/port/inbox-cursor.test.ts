import { BadUserInputError, CursorExpiredError } from '../../../../src/domain/errors.js';
import { decodeInboxCursor, encodeInboxCursor } from '../../../../src/events/port/inbox-cursor.js';
import { encodeCursor } from '../../../../src/events/port/cursor.js';

const FORM = /^\d+$/;

describe('a cursor of the inbox', () => {
  it('restores its position', () => {
    expect(decodeInboxCursor(encodeInboxCursor('epoch', '17'), 'epoch', FORM)).toBe('17');
  });

  it('has expired in another log', () => {
    expect(() => decodeInboxCursor(encodeInboxCursor('earlier', '17'), 'epoch', FORM)).toThrow(CursorExpiredError);
  });

  it.each([
    ['of another form', encodeInboxCursor('epoch', 'top')],
    ['with more to it', encodeInboxCursor('epoch', '17 18')],
    ['of events', encodeCursor('all', { epoch: 'epoch', position: 17 })],
    ['not base64url', '!'],
    ['empty', ''],
  ])('is rejected: %s', (_what, text) => {
    expect(() => decodeInboxCursor(text, 'epoch', FORM)).toThrow(BadUserInputError);
  });
});
