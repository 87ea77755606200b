import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
  const answer = { ping: { closed: 4400 }, pong: { type: 'pong' }, connection_init: { type: 'pong' } }[type];
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
