import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

/** `describe` where a program is installed; elsewhere one that skips and says how to get it. */
export function describeWith(program: string, how: string): (name: string, tests: () => void) => void {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  return (name, tests) => (found ? describe(name, tests) : describe.skip(`${name} [needs ${program}: ${how}]`, tests));
}

/** `describe` where a file is present; elsewhere one that skips and says which. */
export function describeWithFile(path: string, what: string): (name: string, tests: () => void) => void {
  return (name, tests) => (existsSync(path) ? describe(name, tests) : describe.skip(`${name} [needs ${what}]`, tests));
}
