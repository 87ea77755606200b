#!/bin/sh
# @graphql-tools/executor-graphql-ws 3.2.0, which Hive Gateway 2.15.1 subscribes to its subgraphs with. One would guess that `retryAttempts: 0`, an option of the graphql-ws
# client that it makes, ends a subscription when its socket closes. The executor does not pass the option on: after a close such as 1012 it subscribes again, silently and
# with the variables that the subscription had at first.
# Why it matters: with a cursor among the variables, all events since then come again; without one, those of the meantime are lost. The router's client notices neither. A
# subgraph that restarts had better end each subscription (a result with errors, then `complete`) before it closes the socket.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @graphql-tools/executor-graphql-ws@3.2.0 graphql@16.15.0 ws@8.23.0
cat >program.mjs <<'PROGRAM'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { buildGraphQLWSExecutor } from '@graphql-tools/executor-graphql-ws';
import { parse } from 'graphql';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
await once(server, 'listening');
const subscribed = [];
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { type, id, payload } = JSON.parse(data);
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    if (type !== 'subscribe') return;
    subscribed.push(JSON.stringify(payload.variables));
    socket.send(JSON.stringify({ type: 'next', id, payload: { data: { tick: subscribed.length } } }));
    // As a server that restarts.
    if (subscribed.length === 1) socket.close(1012, 'Service restart');
  });
});

const execute = buildGraphQLWSExecutor({ url: `ws://127.0.0.1:${server.address().port}/`, retryAttempts: 0 });
const results = execute({ document: parse('subscription ($after: Int) { tick(after: $after) }'), variables: { after: 0 } });
const received = [];
for await (const { data } of results) if (received.push(data.tick) === 2) break;

const { version } = JSON.parse(readFileSync('node_modules/@graphql-tools/executor-graphql-ws/package.json', 'utf8'));
console.log(`executor-graphql-ws ${version}\nresults across a close with 1012: ${received}\nvariables of each subscribe: ${subscribed.join(' ')}`);
process.exit(received.length === 2 && subscribed[0] === subscribed[1] ? 0 : 1);
PROGRAM
timeout 60 node program.mjs
