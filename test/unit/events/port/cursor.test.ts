import { BadUserInputError } from '../../../../src/domain/errors.js';
import { decodeCursor, encodeCursor, scopeOf } from '../../../../src/events/port/cursor.js';
import type { Scope } from '../../../../src/events/port/event-log.js';

const c1 = { conversationId: 'c1' };

describe('cursors', () => {
  it.each<[Scope, number]>([
    ['all', 0],
    ['all', 999_999_999_999_999],
    [c1, 1],
    [{ conversationId: 'Größe / 9 🙂\n\u0000' }, 42],
  ])('bring back what they were made of: %j at %d', (scope, position) => {
    const text = encodeCursor(scope, { epoch: 'a-Z_9', position });
    expect(text).toMatch(/^[\w-]+$/);
    expect(decodeCursor(text, scope)).toEqual({ epoch: 'a-Z_9', position });
  });

  it.each(['2 e 1 cc1', '1 e 01 cc1', '1 e -1 cc1', '1 e 1.5 cc1', '1 e 1 xc1', '1  1 cc1', '1 e 9999999999999999 cc1', '1 e 1', ''])(
    'refuse what was made otherwise: "%s"',
    (plain) => {
      expect(() => decodeCursor(Buffer.from(plain).toString('base64url'), c1)).toThrow(BadUserInputError);
    },
  );

  it('refuse other writings of the same bytes', () => {
    const text = encodeCursor(c1, { epoch: 'e', position: 1 });
    for (const other of [`${text}=`, `${text}==`, `${text} `, ` ${text}`, `${text}\n`, `${text.slice(0, 3)}.${text.slice(3)}`]) {
      expect(() => decodeCursor(other, c1)).toThrow('malformed');
    }
  });

  it('refuse the scope of another', () => {
    expect(() => decodeCursor(encodeCursor('all', { epoch: 'e', position: 1 }), c1)).toThrow('not for this conversation');
    expect(() => decodeCursor(encodeCursor(c1, { epoch: 'e', position: 1 }), 'all')).toThrow('not for all conversations');
  });

  it('position an event without a conversation among all', () => {
    expect([scopeOf({ conversationId: null }), scopeOf(c1)]).toEqual(['all', c1]);
  });
});
