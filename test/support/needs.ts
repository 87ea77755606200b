import { existsSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** `describe` where something is there; elsewhere one that skips and says what is needed, and how to get it. */
export const describeWhere =
  (isThere: boolean, needed: string) =>
  (name: string, tests: () => void): void => {
    if (isThere) describe(name, tests);
    else describe.skip(`${name} [needs ${needed}]`, tests);
  };

/** `describe` where a program is installed; elsewhere one that skips and says how to get it. */
export function describeWith(program: string, how: string): (name: string, tests: () => void) => void {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  return describeWhere(found, `${program}: ${how}`);
}

/** `describe` where a file is present; elsewhere one that skips and says which. */
export function describeWithFile(path: string, what: string): (name: string, tests: () => void) => void {
  return describeWhere(existsSync(path), what);
}

/**
 * `describe` where an example has its packages, built before its tests run; elsewhere one that skips and says how to get them. In CI they are installed.
 * @param script the npm script that installs and builds it, and the name of its file
 */
export function describeExample(folder: string, script: string): (name: string, tests: () => void) => void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const isWanted = process.env['CI'] === 'true' || existsSync(`${root}examples/${folder}/node_modules`);
  if (!isWanted) return describeWhere(false, `packages of its own: npm run ${script}`);
  return (name, tests) => {
    describe(name, () => {
      // Done already where the tests were begun with `npm test`.
      beforeAll(
        () => execFileSync(process.execPath, [`${root}scripts/${script.replace(':', '-')}.js`, '--for-tests'], { stdio: 'pipe' }),
        120_000,
      );
      tests();
    });
  };
}
