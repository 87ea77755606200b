#!/usr/bin/env bash
# A graceful GOAWAY breaks off responses that are in flight, with the fetch of undici over HTTP/2.
#
# One would guess: a server that is about to end a connection sends GOAWAY with NO_ERROR and the id of the last stream that it will finish (RFC 9113, 6.8), as nginx and
#   HAProxy do for each connection when they are reloaded. Streams up to that id go on; only new requests need another connection.
# What happens: undici's fetch rejects the body that is being read with "terminated" as soon as the GOAWAY arrives. node:http2, on the same server, reads it to its end.
#
# Package: undici 7.30.2, `new Agent({ allowH2: true })`.
# Why it matters: a long response (a subscription, a download) of a client on Node that speaks HTTP/2 is lost at every reload of the proxy, for each renewed certificate, though the proxy would have
#   let it finish. It must resume, or use HTTP/1.1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --no-package-lock undici@7.30.2
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout key.pem -out cert.pem 2>/dev/null
cat > show.mjs <<'END'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createSecureServer } from 'node:http2';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { Agent, fetch } from 'undici';

const cert = readFileSync('cert.pem');
const server = createSecureServer({ cert, key: readFileSync('key.pem') });
/** Sends the first half, then a graceful GOAWAY, and the second half once that has gone out. */
server.on('stream', (stream) => {
  stream.respond({ ':status': 200 });
  stream.write('first half, ');
  stream.session.goaway(0, stream.id);
  setTimeout(() => stream.end('second half'), 500);
});
server.listen(0, 'localhost');
await once(server, 'listening');
const url = `https://localhost:${server.address().port}`;

const session = connect(url, { ca: cert });
const byNode = await text(session.request({ ':path': '/' }));
session.destroy();
const dispatcher = new Agent({ allowH2: true, connect: { ca: cert } });
const byUndici = await fetch(url, { dispatcher })
  .then((response) => response.text())
  .catch((error) => `${error.name}: ${error.message}`);
console.log(`undici ${createRequire(import.meta.url)('undici/package.json').version}, Node ${process.versions.node}`);
console.log(`node:http2: ${byNode}`);
console.log(`undici:     ${byUndici}`);
process.exit(byNode === 'first half, second half' && byUndici === 'TypeError: terminated' ? 0 : 1);
END
node show.mjs
