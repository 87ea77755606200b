// The built code of earlier commits, in a temporary folder.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the event log needs. */
const FOLDERS = ['domain', 'events', 'auth', 'observability'];

export const FIXTURES = join(root, 'test/fixtures/event-logs');

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

export const shortCommit = (commit) => git('rev-parse', '--short=7', commit);

/** Runs `work` with a temporary folder and `load(commit)`, which checks a commit out, builds it, and returns the `import` of its files. */
export async function withReleases(work) {
  const directory = mkdtempSync(join(tmpdir(), 'log-fixtures-'));
  const checkouts = [];
  const load = async (commit) => {
    const checkout = join(directory, commit);
    git('worktree', 'add', '--quiet', '--detach', checkout, commit);
    checkouts.push(checkout);
    symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
    await compile(checkout);
    return (file) => import(pathToFileURL(join(checkout, 'build', file)).href);
  };
  try {
    await work({ directory, load });
  } finally {
    for (const checkout of checkouts) git('worktree', 'remove', '--force', checkout);
    rmSync(directory, { recursive: true, force: true });
  }
}

const compile = (checkout) =>
  build({
    entryPoints: FOLDERS.flatMap((folder) =>
      readdirSync(join(checkout, 'src', folder), { recursive: true })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(checkout, 'src', folder, file)),
    ),
    outbase: join(checkout, 'src'),
    outdir: join(checkout, 'build'),
    format: 'esm',
    logLevel: 'warning',
  });
