/**
 * By how much all time limits of the tests are longer than written: `TEST_TIMEOUT_FACTOR`, for a machine that does much else at the same time. Read by jest.config.js (the limit of
 * a test that has none of its own), by the environment of the tests (their own limits) and by `patience.ts` (what is waited for within them).
 */
export const TIMEOUT_FACTOR = Number(process.env.TEST_TIMEOUT_FACTOR ?? 1);
if (!(TIMEOUT_FACTOR > 0)) throw new Error(`TEST_TIMEOUT_FACTOR must be a number above 0; got "${process.env.TEST_TIMEOUT_FACTOR}"`);
