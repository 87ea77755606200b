import { codesOf, isFinal, RefusedError, retryAfterMs } from '../../../client/src/error-classification.js';

const told = (code: string, more: object = {}) => ({ message: 'told', extensions: { code, ...more } });

it.each([
  ['its own error', new RefusedError([told('NOT_FOUND')]), ['NOT_FOUND']],
  ['what graphql-ws throws', [told('CURSOR_EXPIRED')], ['CURSOR_EXPIRED']],
  [
    "Apollo Client's error",
    Object.assign(new Error('told'), { errors: [told('FORBIDDEN'), told('NOT_FOUND')] }),
    ['FORBIDDEN', 'NOT_FOUND'],
  ],
  ['a lost connection', Object.assign(new Error('lost'), { code: 1006 }), []],
  ['nothing', null, []],
])('reads the codes of %s', (_what, error, codes) => {
  expect(codesOf(error)).toEqual(codes);
});

it('classifies an outage as temporary and a rejection as final', () => {
  const passing = ['EVENT_LOG_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_BUSY', 'RATE_LIMITED', 'UNAUTHENTICATED', 'CURSOR_EXPIRED'];
  expect(passing.filter((code) => isFinal([told(code)]))).toEqual([]);
  expect(['NOT_FOUND', 'FORBIDDEN', 'BAD_USER_INPUT'].every((code) => isFinal([told(code)]))).toBe(true);
});

it('reads the retry delay', () => {
  expect(retryAfterMs([told('RATE_LIMITED', { retryAfterSeconds: 7 })])).toBe(7_000);
  expect(retryAfterMs(new Error('lost'))).toBe(0);
});
