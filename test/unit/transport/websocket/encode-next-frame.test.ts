import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { EncodedResult, createNextSender } from '../../../../src/transport/websocket/encode-next-frame.js';
import type { SendNext } from '../../../../src/transport/websocket/encode-next-frame.js';
import { WriteBatcher } from '../../../../src/transport/scheduling/write-batcher.js';

let server: WebSocketServer;
let client: WebSocket;
let atServer: WebSocket;
let sendTo: (id: string) => SendNext;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const writes = new WriteBatcher();
  const connected = new Promise<void>((resolve) =>
    server.once('connection', (socket, request) => {
      atServer = socket;
      sendTo = (id) => createNextSender(socket, request.socket, id, writes);
      resolve();
    }),
  );
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await Promise.all([connected, once(client, 'open')]);
});
afterEach(async () => {
  client.terminate();
  server.close();
  await once(server, 'close');
});

/** The JSON of a result whose `next` message has this many bytes, its id being of one. */
const payloadFor = (bytes: number) => new EncodedResult(JSON.stringify('x'.repeat(bytes - '{"id":"1","type":"next","payload":""}'.length)));
const nextMessage = async () => String(((await once(client, 'message')) as [Buffer])[0]);

describe('a `next` message', () => {
  // RFC 6455, 5.2: where the length takes 7 bits, 16, and 64.
  it.each([60, 125, 126, 65_535, 65_536, 200_000])('of %d bytes is a frame that its reader accepts', async (bytes) => {
    const received = nextMessage();
    const payload = payloadFor(bytes);
    await sendTo('1')(payload);
    expect(await received).toBe(`{"id":"1","type":"next","payload":${payload.json}}`);
  });

  it.each(['"ä"', '"€"', '"😀"', '"\\u0000"', JSON.stringify('ä€😀'.repeat(5_000))])('of %.20s is UTF-8', async (json) => {
    const received = nextMessage();
    await sendTo('1')(new EncodedResult(json));
    expect(await received).toBe(`{"id":"1","type":"next","payload":${json}}`);
  });

  it('does not touch those before it, however many are made', async () => {
    const received: string[] = [];
    client.on('message', (data: Buffer) => received.push(data.toString()));
    const all = Array.from({ length: 200 }, (_, n) => `"${'x'.repeat(17 * n)}"`);
    for (const json of all) void sendTo('1')(new EncodedResult(json));
    atServer.close();
    await once(client, 'close');
    expect(received).toEqual(all.map((json) => `{"id":"1","type":"next","payload":${json}}`));
  });

  it('keeps its place between the messages that ws sends', async () => {
    const received: string[] = [];
    client.on('message', (data: Buffer) => received.push(data.toString()));
    atServer.send('before');
    void sendTo('"ü"')(new EncodedResult('{}'));
    atServer.send('after');
    atServer.close(1012);
    await once(client, 'close');
    expect(received).toEqual(['before', '{"id":"\\"ü\\"","type":"next","payload":{}}', 'after']);
  });

  it('is of its own operation and its own result', async () => {
    const received: string[] = [];
    client.on('message', (data: Buffer) => received.push(data.toString()));
    const [one, two] = [new EncodedResult('{"n":1}'), new EncodedResult('{"n":2}')];
    for (const [id, payload] of [
      ['1', one],
      ['1', one],
      ['2', one],
      ['2', two],
      ['1', one],
    ] as const)
      void sendTo(id)(payload);
    atServer.close();
    await once(client, 'close');
    const next = (id: string, n: number) => `{"id":"${id}","type":"next","payload":{"n":${n}}}`;
    expect(received).toEqual([next('1', 1), next('1', 1), next('2', 1), next('2', 2), next('1', 1)]);
  });

  it('is not sent on a socket that is closing', async () => {
    const received: unknown[] = [];
    client.on('message', (data) => received.push(data));
    atServer.close();
    expect(sendTo('1')(new EncodedResult('{}'))).toBeNull();
    await once(client, 'close');
    expect(received).toEqual([]);
  });

  it('that a client does not take is waited for', async () => {
    client.pause();
    const send = sendTo('1');
    let waiting: Promise<void> | null = null;
    const payload = payloadFor(65_000);
    for (let n = 0; n < 1_000 && (waiting === null || n < 500); n += 1) waiting = send(payload);
    expect(waiting).not.toBeNull();
    client.resume();
    await waiting;
    expect(atServer.bufferedAmount).toBe(0);
  });
});
