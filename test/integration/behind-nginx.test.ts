import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import WebSocket from 'ws';
import { portToKeep } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_NGINX, Nginx } from '../support/nginx.js';
import { RunningGateway } from '../support/running-gateway.js';
import { connectRaw } from './raw-socket.js';

const VERSION = '{"query":"{ gateway { version } }"}';
const JSON_TYPE = { 'content-type': 'application/json' };
const TIMES = 8;
const ADDRESS_QUOTA = 100;

/** Below `/chat/` as in nginx's own examples, with the client's port beside its address; below `/sockets/` with what WebSockets need. */
const locations = (gateway: string) => `
  client_max_body_size 100m;
  location /chat/ { proxy_pass ${gateway}/; proxy_set_header X-Forwarded-For $remote_addr:$remote_port; proxy_request_buffering off; }
  location /buffered/ { proxy_pass ${gateway}/; proxy_set_header X-Forwarded-For $remote_addr:$remote_port; }
  location /sockets/ { proxy_pass ${gateway}/; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }`;

describeWith('nginx', HOW_TO_GET_NGINX)('behind nginx, below a path of another host', () => {
  let nginx: Nginx;
  let gateway: RunningGateway;
  let origin: string;
  beforeAll(async () => {
    const [nginxPort, port] = [await portToKeep(), await portToKeep()];
    origin = `http://127.0.0.1:${nginxPort}`;
    const now = Date.now();
    gateway = await RunningGateway.start({
      // Quotas are not replenished meanwhile.
      overrides: { clock: () => now },
      config: { port, publicUrl: `${origin}/chat`, trustProxy: ['loopback'], rateLimit: { viewer: 1, address: ADDRESS_QUOTA } },
    });
    nginx = await Nginx.start(nginxPort, locations(`http://127.0.0.1:${port}`));
  });
  afterAll(async () => {
    await nginx.stop();
    await gateway.stop();
  });

  const post = (path: string, body: string) => fetch(`${origin}${path}`, { method: 'POST', headers: JSON_TYPE, body });

  it.each([
    ['/chat/graphql', 300_000],
    ['/buffered/graphql', 300_000],
    ['/chat/webhooks/8x8', 4_000_000],
    ['/buffered/webhooks/8x8', 4_000_000],
  ])('answers a body over the limit to %s with its 413, each time', async (path, bytes) => {
    const body = JSON.stringify({ query: 'x'.repeat(bytes) });
    const statuses = [];
    for (let n = 0; n < TIMES; n += 1) {
      const response = await post(path, body);
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual(Array.from({ length: TIMES }, () => 413));
  });

  it('keeps the start page, and the IDE with what it asks, below that path', async () => {
    const page = await (await fetch(`${origin}/chat/`)).text();
    const ide = new URL(/href="([^"]*)">GraphQL IDE/.exec(page)?.[1] ?? '', `${origin}/chat/`);
    expect(ide.href).toBe(`${origin}/chat/ide/`);
    const shown = await fetch(ide);
    const based = new URL(/<base href="([^"]*)">/.exec(await shown.text())?.[1] ?? '/', ide);
    expect([shown.status, based.href]).toEqual([200, ide.href]);
    const script = await (await fetch(new URL('first-steps.js', based))).text();
    const endpoint = new URL(/new URL\("([^"]*)", document\.baseURI\)/.exec(script)?.[1] ?? '/', based);
    expect(endpoint.href).toBe(gateway.addresses.graphqlUrl);
    expect((await fetch(endpoint, { method: 'POST', headers: JSON_TYPE, body: VERSION })).status).toBe(200);
    const redirected = await fetch(`${origin}/chat/ide`);
    expect([redirected.status, redirected.url]).toEqual([200, ide.href]);
  });

  it('serves sockets where nginx passes the upgrade on, and says what is missing where it does not', async () => {
    (await connectRaw(`${origin.replace('http', 'ws')}/sockets/graphql`)).terminate();
    (await connectRaw(`${origin.replace('http', 'ws')}/sockets/graphql/`)).terminate();
    const refused = new WebSocket(`${origin.replace('http', 'ws')}/chat/graphql`, 'graphql-transport-ws').on('error', () => undefined);
    const [, response] = (await once(refused, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, await json(response)]).toEqual([
      426,
      { errors: [{ message: expect.stringMatching(/`Upgrade: websocket`.*proxy/) as string, extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  });

  it("counts one client behind nginx as one, whatever its connections' ports", async () => {
    const statuses = [];
    for (let n = 0; n <= ADDRESS_QUOTA; n += 1) {
      const response = await fetch(`${origin}/chat/graphql`, {
        method: 'POST',
        headers: { ...JSON_TYPE, connection: 'close' },
        body: VERSION,
      });
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toContain(429);
  });
});
