import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Nothing of the `npm test` that runs this, whose settings npm hands on as variables. */
const ENVIRONMENT = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

/** An empty folder into which packages of this repository are installed as a user would: from their tarballs, without development dependencies. */
export class InstalledPackages {
  readonly directory = mkdtempSync(join(tmpdir(), 'packed-'));
  readonly #tarballs = mkdtempSync(join(tmpdir(), 'tarballs-'));

  /** `npm pack` in a folder of this repository; returns the tarball. */
  pack(folder: string): string {
    const args = ['pack', '--silent', '--pack-destination', this.#tarballs];
    const name =
      execFileSync('npm', args, { cwd: join(ROOT, folder), env: ENVIRONMENT, encoding: 'utf8' })
        .trim()
        .split('\n')
        .at(-1) ?? '';
    return join(this.#tarballs, name);
  }

  /** `npm i --omit=dev`; returns everything that npm printed. */
  install(...packages: readonly string[]): string {
    const args = ['install', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline', ...packages];
    const { status, stdout, stderr } = spawnSync('npm', args, { cwd: this.directory, env: ENVIRONMENT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm install failed: ${stderr}`);
    return stdout + stderr;
  }

  /** A path in the folder. */
  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  /** Paths of all files of an installed package, relative to it. */
  files(name: string): string[] {
    const folder = this.path('node_modules', name);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  }

  /** Bytes of all that is installed. */
  size(): number {
    const entries = readdirSync(this.path('node_modules'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  }

  dispose(): void {
    for (const folder of [this.directory, this.#tarballs]) rmSync(folder, { recursive: true, force: true });
  }
}
