import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { admitFairly } from '../../../../src/transport/scheduling/admission.js';
import { FairScheduler } from '../../../../src/transport/scheduling/fair-scheduler.js';

const SUBSCRIBE = '{"id":"1","type":"subscribe","payload":{"query":"subscription { conversationEvents(conversationId: 1) { id } }"}}';
const BY_HASH = '{"id":"1","type":"subscribe","payload":{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}}';
const QUERY = '{"id":"2","type":"subscribe","payload":{"query":"{ gateway { version } }"}}';
const COMPLETE = '{"id":"1","type":"complete"}';

let server: WebSocketServer;
let client: WebSocket;
let atServer: WebSocket;
let received: string[];
/** Lets whoever waits have their turn. */
let go: () => void;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  received = [];
  const waiting: (() => void)[] = [];
  go = () => {
    for (const work of waiting.splice(0)) work();
  };
  const scheduler = Object.assign(new FairScheduler(), { schedule: (work: () => void) => void waiting.push(work) });
  const connected = once(server, 'connection') as Promise<[WebSocket]>;
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [[atServer]] = await Promise.all([connected, once(client, 'open')]);
  atServer.on('message', (data: Buffer) => received.push(data.toString()));
  admitFairly(atServer, scheduler);
});
afterEach(async () => {
  client.terminate();
  server.close();
  await once(server, 'close');
});

/** Sends, and waits until all of it was received: what follows on the same wire is a ping that was answered. */
async function send(...messages: string[]): Promise<void> {
  for (const message of messages) client.send(message);
  const answered = once(client, 'pong');
  client.ping();
  await answered;
}

describe('a request that may be long', () => {
  it.each([
    ['a subscription', SUBSCRIBE],
    ['a document named by its hash', BY_HASH],
  ])('waits for its turn: %s', async (_, message) => {
    await send(message);
    expect(received).toEqual([]);
    go();
    expect(received).toEqual([message]);
  });

  it('is not overtaken by what follows on the same socket', async () => {
    await send(SUBSCRIBE, COMPLETE, QUERY);
    expect(received).toEqual([]);
    go();
    expect(received).toEqual([SUBSCRIBE, COMPLETE, QUERY]);
  });

  it('is dropped when its socket is closed meanwhile', async () => {
    await send(SUBSCRIBE);
    client.close();
    await once(atServer, 'close');
    go();
    expect(received).toEqual([]);
  });
});

it('lets everything else through synchronously', async () => {
  await send(QUERY, COMPLETE);
  expect(received).toEqual([QUERY, COMPLETE]);
});

it('reads no more of a socket with many that wait, and goes on later', async () => {
  for (let n = 0; n < 200; n += 1) client.send(SUBSCRIBE);
  while (!atServer.isPaused) await nextTurn();
  while (received.length < 200) {
    go();
    await nextTurn();
  }
  expect(atServer.isPaused).toBe(false);
});
