import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** A test, and a hook, that each need more than the limit that they name. */
const SLOW = `
  const slowly = () => new Promise((resolve) => setTimeout(resolve, 150));
  describe('slow', () => {
    beforeEach(slowly, 100);
    it('exceeds its limit', slowly, 100);
  });`;

it.each([
  ['1', 1],
  ['100', 0],
])('multiplies the limits of tests and hooks by TEST_TIMEOUT_FACTOR=%s', (factor, code) => {
  // Elsewhere than the tests, whose files others list meanwhile.
  const directory = mkdtempSync(join(tmpdir(), 'limits-'));
  try {
    writeFileSync(join(directory, 'slow.test.ts'), SLOW);
    const args = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand', '--roots', directory];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TEST_TIMEOUT_FACTOR: factor },
    });
    expect([status, /Exceeded timeout of 100 ms/.test(stderr)]).toEqual([code, code === 1]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
