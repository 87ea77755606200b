#!/bin/sh
# libsql 0.5.29: close() of a database does not release the file while a prepared statement of it has not been garbage-collected.
#
# One would guess: the package says that its API is better-sqlite3's, whose close() finalizes the statements and releases the file before it returns.
# What happens: with `PRAGMA locking_mode = EXCLUSIVE` another process still gets SQLITE_BUSY after close(), until the statement is collected. The driver has no
# way to finalize one.
# Why it matters: whether a file can be opened again depends on when V8 collects garbage, so it works on one version of Node and fails on another. Our restore of
# a log did, on Node 24. What helps: `PRAGMA locking_mode = NORMAL` and one read, before close().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund libsql@0.5.29

cat > open.cjs <<'JS'
const Database = require('libsql');
try {
  new Database('log.db').exec('INSERT INTO events VALUES (1)');
  console.log('opened');
} catch (error) {
  console.log(error.code);
}
JS
cat > program.cjs <<'JS'
const { execFileSync } = require('node:child_process');
const Database = require('libsql');
const elsewhere = () => execFileSync(process.execPath, ['open.cjs'], { encoding: 'utf8' }).trim();

let database = new Database('log.db');
database.exec('CREATE TABLE events (n)');
database.exec('PRAGMA locking_mode = EXCLUSIVE');
let statement = database.prepare('SELECT count(*) FROM events');
statement.all();
database.exec('INSERT INTO events VALUES (0)');
database.close();
const whileHeld = elsewhere();
statement = database = null;
setImmediate(() => {
  gc();
  setImmediate(() => {
    const collected = elsewhere();
    console.log(`libsql 0.5.29, Node ${process.version}`);
    console.log(`another process, after close(): ${whileHeld}`);
    console.log(`another process, after the statement was collected: ${collected}`);
    process.exitCode = whileHeld === 'SQLITE_BUSY' && collected === 'opened' ? 0 : 1;
  });
});
JS
node --expose-gc program.cjs
