// Of the examples, which have packages of their own: most people who run the tests need none of them.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** When a file was changed, in ms of the epoch; 0: there is none. */
export const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** When the newest file in a folder was changed; what is installed and built does not count. */
export function newestIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => !/(^|\/)(node_modules|dist|__generated__)(\/|$)/.test(file));
  return Math.max(...files.map((file) => changed(join(folder, file))));
}

/**
 * Installs the packages of an example where they are missing, and builds it where it is older than its sources. With `--for-tests` only where its packages are there
 * already, or with CI=true: elsewhere its tests are skipped.
 * @param {string} name its folder in examples/
 * @param {string} built what its build writes last
 * @param {string[]} sources files and folders outside of it that go into it
 */
export function buildExample(name, built, sources) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const folder = join(root, 'examples', name);
  const npm = (...args) => execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const isWanted = !process.argv.includes('--for-tests') || process.env.CI === 'true' || existsSync(join(folder, 'node_modules'));
  if (!isWanted) return;
  if (changed(join(folder, 'node_modules/.package-lock.json')) < changed(join(folder, 'package-lock.json'))) npm('ci');
  const newest = Math.max(newestIn(folder), ...sources.map((source) => changed(join(root, source))));
  if (changed(join(folder, built)) < newest) npm('run', 'build');
}
