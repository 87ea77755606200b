// Makes fixtures for the tests that open event logs of earlier releases: an embedded log written by the code of COMMIT, and what that code answers about it.
//   node scripts/log-fixtures/make.js COMMIT
// To be run, and its files to be committed, before the format changes, with the commit of the release before the change.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { EPOCH, START, answers, tell } from './story.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'test/fixtures/event-logs');
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

const commit = git('rev-parse', '--short=7', process.argv[2] ?? 'HEAD');
const directory = mkdtempSync(join(tmpdir(), 'log-fixtures-'));
const checkout = join(directory, 'checkout');
try {
  git('worktree', 'add', '--quiet', '--detach', checkout, commit);
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const sources = ['domain', 'events', 'auth', 'observability'].flatMap((folder) =>
    readdirSync(join(checkout, 'src', folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(checkout, 'src', folder, file)),
  );
  await build({
    entryPoints: sources,
    outbase: join(checkout, 'src'),
    outdir: join(checkout, 'build'),
    format: 'esm',
    logLevel: 'warning',
  });
  await write(join(checkout, 'build'));
} finally {
  git('worktree', 'remove', '--force', checkout);
  rmSync(directory, { recursive: true, force: true });
}

async function write(built) {
  const load = (file) => import(pathToFileURL(join(built, file)).href);
  // Earlier releases call it `openEmbeddedLog`.
  const { openEmbeddedLog, openSqliteLog = openEmbeddedLog } = await load('events/sqlite/open.js').catch(() =>
    load('events/embedded/open.js'),
  );
  const { messageDigest } = await load('domain/message-digest.js');
  const options = { directory: join(directory, 'log'), clock: () => START, newEpoch: () => EPOCH };
  const log = await openSqliteLog(options);
  await tell(log, messageDigest);
  await log.close();
  const file = gzipSync(readFileSync(join(options.directory, 'events.db')));
  const again = await openSqliteLog(options);
  const answered = await answers(again);
  await again.close();
  writeFileSync(join(fixtures, `embedded-${commit}.db.gz`), file);
  writeFileSync(join(fixtures, `embedded-${commit}.json`), `${JSON.stringify(answered, null, 2)}\n`);
  console.log(`embedded-${commit}: ${file.length} bytes`);
}
