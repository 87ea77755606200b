import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('answers where the benchmarks put together its parts in another way', async () => {
  const env = { PATH: process.env['PATH'] };
  expect(await promisify(execFile)(process.execPath, ['bench/check-parts.js'], { cwd: ROOT, env })).toEqual({ stdout: '', stderr: '' });
});
