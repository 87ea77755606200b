import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { ObservedProcess } from './observed-process.js';
import { connectRaw, nextOf } from './raw-socket.js';

/** What one client sends must never end the process, which only a process of its own shows. */
const directory = mkdtempSync(join(tmpdir(), 'gateway-surviving-'));
let gateway: ObservedProcess;
let graphqlUrl: string;
let wsUrl: string;
beforeAll(async () => {
  gateway = new ObservedProcess({ EVENT_LOG: `file:${directory}`, TRUST_PROXY: 'loopback' });
  const listening = await gateway.line('listening');
  [graphqlUrl, wsUrl] = [String(listening['graphqlUrl']), String(listening['wsUrl'])];
});
afterAll(async () => {
  gateway.signal('SIGTERM');
  expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  rmSync(directory, { recursive: true, force: true });
});
/** Others are served. */
afterEach(async () => {
  const other = await connectRaw(wsUrl);
  other.send('{"type":"ping","payload":{"still":"here"}}');
  expect(await nextOf(other)).toEqual({ type: 'pong', payload: { still: 'here' } });
  other.terminate();
  expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

it.each(['ping', 'pong', 'connection_init'])('a %s that is nested too deep to be written as JSON again', async (type) => {
  const socket = new WebSocket(wsUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(`{"type":"${type}","payload":{"a":${nested(32_000)}}}`);
  socket.send('{"type":"ping"}');
  const answer = {
    ping: { closed: 4400 },
    pong: { type: 'pong' },
    connection_init: { type: expect.stringMatching(/^(pong|connection_ack)$/) },
  }[type];
  expect(await nextOf(socket)).toEqual(answer);
  socket.terminate();
});

it.each(['::ffff:192.0.2.7%a-b', '::ffff:192.0.2.7%:', 'fe80::1%a.b', '%', '[', '::', '-', ','])(
  'an address "%s" in X-Forwarded-For',
  async (address) => {
    const headers = { 'x-forwarded-for': address };
    const socket = new WebSocket(wsUrl, 'graphql-transport-ws', { headers });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    expect(await nextOf(socket)).toEqual({ type: 'connection_ack' });
    socket.terminate();
    const body = '{"query":"{ viewer { role } }"}';
    const response = await fetch(graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    expect([response.status, await response.json()]).toMatchObject([200, { data: { viewer: { role: 'ADMIN' } } }]);
  },
);

const POST = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const UPGRADE = 'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n';
const KEY = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n';
/** Bytes as they are on the wire. */
const REQUESTS: Readonly<Record<string, string>> = {
  'a chunk without a size': `${POST}transfer-encoding: chunked\r\n\r\nZZ\r\n`,
  'a chunk without a size, as a webhook': `${POST.replace('graphql', 'webhooks/8x8')}transfer-encoding: chunked\r\n\r\nZZ\r\n`,
  'two lengths': `${POST}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'half a body': `${POST}content-length: 100\r\n\r\n{"que`,
  'half a header': `${POST}content-le`,
  'an unknown expectation': `${POST}expect: all\r\ncontent-length: 2\r\n\r\n{}`,
  'a body that is announced as compressed': `${POST}content-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc`,
  'a path that cannot be decoded': 'GET /attachments/%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n',
  'a tunnel': 'CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n',
  'many requests behind each other': 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500),
  'an upgrade without a key': `${UPGRADE}\r\n`,
  'an upgrade of a URL that is none': `${UPGRADE.replace('/graphql', 'http://[::1/graphql')}${KEY}\r\n`,
  'an upgrade from an origin that is no URL': `${UPGRADE}${KEY}origin: http://[\r\n\r\n`,
  'a frame that is not masked': `${UPGRADE}${KEY}\r\n\x81\x01x`,
  'a frame of another opcode': `${UPGRADE}${KEY}\r\n\x83\x80\x00\x00\x00\x00`,
  'half a frame': `${UPGRADE}${KEY}\r\n\x81\xfe\x01`,
};

it.each(Object.entries(REQUESTS))('%s, of a client that is gone immediately, or soon', async (_what, bytes) => {
  for (const end of ['immediately', 'reset', 'soon'] as const) {
    const { hostname, port } = new URL(graphqlUrl);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    await once(socket, 'connect');
    await new Promise((resolve) => socket.write(Buffer.from(bytes, 'latin1'), resolve));
    // Whatever it is answered, or that it is not.
    if (end === 'soon') await Promise.race([once(socket.resume(), 'data'), once(socket, 'close'), new Promise((go) => setTimeout(go, 50))]);
    if (end === 'reset') socket.resetAndDestroy();
    else socket.destroy();
  }
});

it('a rejected upgrade that is kept half open, and a connection that is never used: a stop waits for neither', async () => {
  const log = mkdtempSync(join(directory, 'half-open-'));
  const stopped = new ObservedProcess({ EVENT_LOG: `file:${log}`, DRAIN_SECONDS: '600' });
  const { hostname, port } = new URL(String((await stopped.line('listening'))['graphqlUrl']));
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).on('error', () => undefined);
  socket.write(`${UPGRADE.replace('/graphql', '/elsewhere')}${KEY}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  const unused = connect(Number(port), hostname).on('error', () => undefined);
  await once(unused, 'connect');
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /);
  stopped.signal('SIGTERM');
  expect(await stopped.exited()).toEqual({ code: 0, stderr: '' });
  socket.destroy();
});
