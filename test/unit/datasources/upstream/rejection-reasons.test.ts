import { rejectionReasons } from '../../../../src/datasources/upstream/rejection-reasons.js';

describe('rejectionReasons', () => {
  it.each([
    [
      'errors as strings',
      { message: 'Constraint Violation', errors: ['a is empty', 'b is empty'] },
      [
        [null, 'a is empty'],
        [null, 'b is empty'],
      ],
    ],
    ['errors as objects', { message: 'm', errors: [{ code: 'invalid_queue', message: 'No queue 112' }] }, [[null, 'No queue 112']]],
    ['errors as one object', { message: 'm', errors: { code: 'invalid_json', message: 'Bad author' } }, [[null, 'Bad author']]],
    ['an error with a code only', { errors: [{ code: 'invalid_queue' }] }, [[null, 'invalid_queue']]],
    ['a message only', { message: 'Access to this is closed' }, [[null, 'Access to this is closed']]],
    ['empty errors beside a message', { message: 'm', errors: [], validations: null }, [[null, 'm']]],
    [
      'validations with fields',
      { message: 'm', validations: [{ field: 'webHookId', value: '45', message: 'unknown' }] },
      [['webHookId', 'unknown']],
    ],
    ['validations as strings', { validations: ['name: empty'] }, [[null, 'name: empty']]],
    ['a bare string', 'Internal trouble', [[null, 'Internal trouble']]],
    ["the token service's error", { ErrorCode: 'invalid_request', Error: 'No such grant' }, [[null, 'No such grant']]],
    ['nothing', null, []],
    ['a list', [1, 2], []],
    ['numbers and nulls', { message: 4, errors: [null, 5, {}, []] }, [[null, '5']]],
  ])('reads %s', (_shape, body, expected) => {
    expect(rejectionReasons(body).map(({ field, message }) => [field, message])).toEqual(expected);
  });

  it('returns each reason once, the one that names its field', () => {
    const body = {
      validations: [
        { field: 'a', message: 'empty' },
        { field: 'b', message: 'empty' },
      ],
      errors: ['empty', 'else', 'else'],
    };
    expect(rejectionReasons(body)).toEqual([
      { field: 'a', message: 'empty' },
      { field: 'b', message: 'empty' },
      { field: null, message: 'else' },
    ]);
  });

  it('bounds how many and how long they are', () => {
    const reasons = rejectionReasons({ errors: Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(2_000, 'x')) });
    expect(reasons).toHaveLength(20);
    expect(reasons[0]?.message).toHaveLength(500);
  });
});
