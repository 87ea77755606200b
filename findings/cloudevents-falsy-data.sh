#!/bin/sh
# cloudevents 10.0.0 (the CloudEvents SDK for JavaScript): data that is `0`, `false` or an empty text does not survive HTTP.
#
# One would guess: what HTTP.structured() or HTTP.binary() writes, HTTP.toEvent() reads back, whatever JSON value the data is.
# What happens: structured, the body holds `"data":0`, and toEvent() returns an event whose data is undefined; `true`, `1` and `[]` arrive. Binary, the body of a number or
# boolean is no text but the value itself, which Node's request.end() rejects with a TypeError; sent as text it arrives as a text, "0" or "false", whatever
# datacontenttype says. And a text that happens to be a JSON object arrives as the object.
# Why it matters: events about a counter or a flag ("0 unread", "typing: false") arrive without their data, with no error at either end. What helps: data is always an object.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0

cat > program.mjs <<'JS'
import { createServer } from 'node:http';
import { CloudEvent, HTTP } from 'cloudevents';

const event = (data) => new CloudEvent({ id: '1', source: '/counters', type: 'changed', datacontenttype: 'application/json', data });
const received = { structured: [], binary: [] };
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  received[request.url.slice(1)].push(HTTP.toEvent({ headers: request.headers, body }).data);
  response.end();
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const values = [0, 1, false, true, '', 'text', '42', '{"a":1}', []];
for (const mode of ['structured', 'binary']) {
  for (const value of values) {
    const { headers, body } = HTTP[mode](event(value));
    // What a careful sender does with a body that is no text.
    await fetch(`http://127.0.0.1:${server.address().port}/${mode}`, { method: 'POST', headers, body: String(body) });
  }
}
server.close();
server.closeAllConnections();

const show = (list) => list.map((value) => (value === undefined ? 'undefined' : JSON.stringify(value))).join(' | ');
const bodies = values.map((value) => typeof HTTP.binary(event(value)).body);
console.log(`cloudevents 10.0.0, Node ${process.version}`);
console.log(`sent:                ${show(values)}`);
console.log(`structured, arrived: ${show(received.structured)}`);
console.log(`binary, arrived:     ${show(received.binary)}`);
console.log(`binary, body is a:   ${bodies.join(' | ')}`);
const asSeen =
  show(received.structured) === 'undefined | 1 | undefined | true | undefined | "text" | "42" | "{\\"a\\":1}" | []' &&
  show(received.binary).endsWith('"text" | "42" | {"a":1} | []') &&
  bodies[0] === 'number' &&
  bodies[2] === 'boolean';
process.exitCode = asSeen ? 0 : 1;
JS
node program.mjs
