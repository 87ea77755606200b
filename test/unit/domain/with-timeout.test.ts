import { withTimeout } from '../../../src/domain/with-timeout.js';

const late = () => new Error('late');

it('gives what the work comes to', async () => {
  expect(await withTimeout(60_000, Promise.resolve('done'), late)).toBe('done');
  await expect(withTimeout(60_000, Promise.reject(new Error('failed')), late)).rejects.toThrow('failed');
});

it('waits no longer than it may', async () => {
  await expect(withTimeout(1, new Promise(() => undefined), late)).rejects.toThrow('late');
});
