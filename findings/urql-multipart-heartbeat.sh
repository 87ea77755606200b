#!/bin/sh
# @urql/core 6.0.3, subscriptions over fetch, against a server that speaks Apollo's multipart subscription protocol. One would guess that a heartbeat, which that protocol
# writes as an empty JSON part ("{}"), may come at any time. If it comes before the first result, urql ends the subscription with the error "[Network] No Content", and the
# result that follows never arrives. After a first result, each heartbeat hands the last result out once more.
# Why it matters: on a quiet subscription the heartbeat is what comes first, and a reducer that appends what it is handed appends it again. A server had better offer
# text/event-stream, which urql prefers, and begin multipart answers with the delimiter alone; a client merges by id.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @urql/core@6.0.3 graphql@16.15.0
cat >program.mjs <<'PROGRAM'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { Client, fetchExchange } from '@urql/core';

const RESULT = JSON.stringify({ payload: { data: { tick: 1 } } });
const part = (json) => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;

/** What urql reports of a stream of these parts. */
async function reported(...parts) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0' });
    response.write('--graphql');
    for (const json of parts) response.write(part(json));
    response.end('--\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client({ url: `http://127.0.0.1:${server.address().port}/`, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
  const seen = [];
  await new Promise((done) => {
    const { unsubscribe } = client.subscription('subscription { tick }', {}).subscribe(({ data, error }) => {
      seen.push(error ? error.message : JSON.stringify(data));
      if (seen.length > 0) setTimeout(done, 300);
    });
    setTimeout(() => (unsubscribe(), done()), 3_000);
  });
  server.closeAllConnections();
  server.close();
  return seen.join(' | ');
}

const { version } = JSON.parse(readFileSync('node_modules/@urql/core/package.json', 'utf8'));
const heartbeatFirst = await reported('{}', RESULT);
const resultOnly = await reported(RESULT);
const resultFirst = await reported(RESULT, '{}');
console.log(`@urql/core ${version}\nheartbeat, then a result: ${heartbeatFirst}\na result: ${resultOnly}\na result, then a heartbeat: ${resultFirst}`);
process.exit(heartbeatFirst.includes('No Content') && !heartbeatFirst.includes('"tick":1') && resultFirst.length > resultOnly.length ? 0 : 1);
PROGRAM
node program.mjs
