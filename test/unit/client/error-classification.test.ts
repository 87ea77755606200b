import { codesOf, isFinal, RefusedError, retryAfterMs } from '../../../client/src/error-classification.js';

const gatewayError = (code: string, more: object = {}) => ({ message: 'rejected', extensions: { code, ...more } });

it.each([
  ['its own error', new RefusedError([gatewayError('NOT_FOUND')]), ['NOT_FOUND']],
  ['what graphql-ws throws', [gatewayError('CURSOR_EXPIRED')], ['CURSOR_EXPIRED']],
  [
    "Apollo Client's error",
    Object.assign(new Error('rejected'), { errors: [gatewayError('FORBIDDEN'), gatewayError('NOT_FOUND')] }),
    ['FORBIDDEN', 'NOT_FOUND'],
  ],
  ['a lost connection', Object.assign(new Error('lost'), { code: 1006 }), []],
  ['nothing', null, []],
])('reads the codes of %s', (_what, error, codes) => {
  expect(codesOf(error)).toEqual(codes);
});

it('classifies an outage as temporary and a rejection as final', () => {
  const passing = ['EVENT_LOG_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE', 'UPSTREAM_BUSY', 'RATE_LIMITED', 'UNAUTHENTICATED', 'CURSOR_EXPIRED'];
  expect(passing.filter((code) => isFinal([gatewayError(code)]))).toEqual([]);
  expect(['NOT_FOUND', 'FORBIDDEN', 'BAD_USER_INPUT'].every((code) => isFinal([gatewayError(code)]))).toBe(true);
});

it('reads the retry delay', () => {
  expect(retryAfterMs([gatewayError('RATE_LIMITED', { retryAfterSeconds: 7 })])).toBe(7_000);
  expect(retryAfterMs(new Error('lost'))).toBe(0);
});
