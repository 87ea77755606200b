// Builds an example, which has its own packages: most people who run the tests do not need them.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The modification time of a file in epoch milliseconds; 0 if it does not exist. */
export const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** The latest modification time in a folder, without installed packages and build output. */
export function newestIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => !/(^|\/)(node_modules|dist|__generated__)(\/|$)/.test(file));
  return Math.max(...files.map((file) => changed(join(folder, file))));
}

/**
 * Installs the packages of an example if they are missing, and builds it if it is older than its sources. With `--for-tests` only if its packages are installed
 * already or CI=true; otherwise its tests are skipped.
 * @param {string} name its folder in examples/
 * @param {string} built the last file that its build writes
 * @param {string[]} sources further files and folders that it is built from
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
