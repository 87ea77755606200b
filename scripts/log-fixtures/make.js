// Makes fixtures for the tests that open event logs of earlier releases: an embedded log written by the code of COMMIT, and what that code answers about it.
//   node scripts/log-fixtures/make.js COMMIT
// To be run, and its files to be committed, before the format changes, with the commit of the release before the change.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FIXTURES, shortCommit, withReleases } from './build-release.js';
import { EPOCH, answers, write } from './story.js';
import { START } from './story-events.js';

const commit = shortCommit(process.argv[2] ?? 'HEAD');
await withReleases(async ({ directory, load }) => {
  const loadFile = await load(commit);
  // Earlier releases call it `openEmbeddedLog`.
  const { openEmbeddedLog, openSqliteLog = openEmbeddedLog } = await loadFile('events/sqlite/open.js').catch(() =>
    loadFile('events/embedded/open.js'),
  );
  const { messageDigest } = await loadFile('domain/message-digest.js');
  const options = { directory: join(directory, 'log'), clock: () => START, newEpoch: () => EPOCH };
  const log = await openSqliteLog(options);
  await write(log, messageDigest);
  await log.close();
  const file = gzipSync(readFileSync(join(options.directory, 'events.db')));
  const again = await openSqliteLog(options);
  const answered = await answers(again);
  await again.close();
  writeFileSync(join(FIXTURES, `embedded-${commit}.db.gz`), file);
  writeFileSync(join(FIXTURES, `embedded-${commit}.json`), `${JSON.stringify(answered, null, 2)}\n`);
  console.log(`embedded-${commit}: ${file.length} bytes`);
});
