import { withTimeout } from '../../../src/domain/with-timeout.js';

const late = () => new Error('late');

it('resolves as the work does', async () => {
  expect(await withTimeout(60_000, Promise.resolve('done'), late)).toBe('done');
  await expect(withTimeout(60_000, Promise.reject(new Error('failed')), late)).rejects.toThrow('failed');
});

it('rejects after the timeout', async () => {
  await expect(withTimeout(1, new Promise(() => undefined), late)).rejects.toThrow('late');
});
