#!/bin/sh
# ioredis 6.0.0: a connection whose database cannot be selected becomes `ready` all the same, and its commands run in database 0.
#
# One would guess: `redis://host/16` on a server with 16 databases (0 to 15) fails, or at least none of its commands is executed, as with a wrong password.
# What happens: the failed SELECT is one `error` event, then `ready` follows and every command succeeds, in database 0, while `options.db` says 16. The same with a
# user whose ACL does not allow SELECT: there the database exists.
# Why it matters: two services that are kept apart by their database numbers write into the same one, and whoever only logs `error` events, as most do since they come
# with every reconnection, does not see it. What helps: `await redis.select(n)` once after connecting, which rejects.
# Needs redis-server (7 or later).
set -eu
folder=$(mktemp -d)
trap 'kill "$(cat "$folder/redis.pid")" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund ioredis@6.0.0

redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --daemonize yes --pidfile "$folder/redis.pid" --logfile "$folder/redis.log" --dir "$folder" > /dev/null

cat > program.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

const path = `${process.cwd()}/redis.sock`;
const admin = new Redis({ path, retryStrategy: (attempt) => (attempt < 50 ? 100 : null) });
admin.on('error', () => {});
await admin.acl('SETUSER', 'service', 'on', '>password', '~*', '&*', '+@all', '-select');

async function connectTo(options) {
  const seen = [];
  const redis = new Redis({ path, ...options });
  redis.on('error', ({ message }) => seen.push(`error (${message.split(' ')[0]})`));
  redis.on('ready', () => seen.push('ready'));
  const reply = await redis.set('key', `of database ${options.db}`);
  await pause(50);
  console.log(`db ${options.db}: ${seen.join(', ')}; SET: ${reply}; options.db: ${redis.options.db}; database 0 holds: ${await admin.get('key')}`);
  const isWrong = seen.at(-1) === 'ready' && reply === 'OK' && (await admin.get('key')) === `of database ${options.db}`;
  const rejects = await redis.select(options.db).then(() => false, () => true);
  redis.disconnect();
  return isWrong && rejects;
}

console.log(`ioredis 6.0.0, Node ${process.version}, Redis ${/redis_version:(\S+)/.exec(await admin.info('server'))?.[1]}`);
const missing = await connectTo({ db: 16 });
const notAllowed = await connectTo({ db: 1, username: 'service', password: 'password' });
admin.disconnect();
process.exitCode = missing && notAllowed ? 0 : 1;
JS
node program.mjs
