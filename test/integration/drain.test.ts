import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { print } from 'graphql';
import { Redis } from 'ioredis';
import WebSocket from 'ws';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import {
  ConversationStateDocument,
  CreateAttachmentUploadDocument,
  CreateConversationDocument,
  GatewayDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';
import { ObservedProcess } from './observed-process.js';
import { connectRaw } from './raw-socket.js';
import { upstreamSettings } from '../support/upstream-settings.js';

/** Longer than any test may take: whoever waited for it would fail. */
const NEVER = { DRAIN_SECONDS: '600' };
const SOCKETS = 50;
/** Keeps its connections, as clients and proxies do. */
const agent = new Agent({ keepAlive: true });
const directory = mkdtempSync(join(tmpdir(), 'drain-'));
const started: ObservedProcess[] = [];
afterEach(() => Promise.all(started.splice(0).map((process) => process.dispose())));
afterAll(() => {
  agent.destroy();
  rmSync(directory, { recursive: true, force: true });
});

function start(settings: Readonly<Record<string, string>>): ObservedProcess {
  const process = new ObservedProcess({ ...NEVER, ...settings });
  started.push(process);
  return process;
}

/** Until the gateway says that it drains, as a load balancer would find out, or does not take connections any more. */
async function untilNotReady(url: string): Promise<void> {
  await untilTrue(async () => {
    const response = await fetch(new URL('/readyz', url), { headers: { connection: 'close' } }).catch(() => null);
    return response?.ok !== true;
  });
}

function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string | number>>,
): { sent: ClientRequest; answered: Promise<IncomingMessage> } {
  const sent = request(url, { method, agent, headers });
  const answered = once(sent, 'response').then(([response]) => response as IncomingMessage);
  return { sent, answered };
}

async function ask<T, V>(
  url: string,
  document: TypedDocumentNode<T, V>,
  variables: V,
): Promise<{ data: T; connection: string | undefined }> {
  const { sent, answered } = send('POST', url, { 'content-type': 'application/json' });
  sent.end(JSON.stringify({ query: print(document), variables }));
  const response = await answered;
  const { data } = JSON.parse(await text(response)) as { data: T };
  return { data, connection: response.headers.connection };
}

describe('a gateway that is asked to stop', () => {
  let simulator: Simulator;
  let settings: Readonly<Record<string, string>>;
  beforeEach(async () => {
    simulator = createSimulator({ agents: 'manual' });
    settings = {
      ...upstreamSettings(simulator, await simulator.listen()),
      EVENT_LOG: `file:${mkdtempSync(join(directory, 'log-'))}`,
    };
  });
  afterEach(() => simulator.close());

  it('finishes a query and an upload in flight, keeps no connection, and does not wait for the deadline', async () => {
    const gateway = start(settings);
    const url = String((await gateway.line('listening'))['graphqlUrl']);
    const created = await ask(url, CreateConversationDocument, { input: { channelId: simulator.channelId, customer: {} } });
    expect(created.connection).toBe('keep-alive');
    const id = created.data.createConversation.conversation?.id ?? '';
    const input = { conversationId: id, filename: 'note.txt', contentType: 'text/plain', sizeBytes: 10 };
    const { data } = await ask(url, CreateAttachmentUploadDocument, { input });
    const upload = send('PUT', data.createAttachmentUpload.uploadUrl ?? '', { 'content-type': 'text/plain', 'content-length': 10 });
    const uploading = simulator.holdPoints.hold('reply', ({ method, path }) => method === 'POST' && path.includes('attachments'));
    upload.sent.end('0123456789');
    await uploading.arrived;
    const reading = simulator.holdPoints.hold('request', ({ method }) => method === 'GET');
    const read = ask(url, ConversationStateDocument, { id });
    await reading.arrived;

    gateway.signal('SIGTERM');
    await untilNotReady(url);
    uploading.release();
    reading.release();
    expect((await read).data.conversation).toEqual({ state: expect.any(String) });
    expect((await read).connection).toBe('close');
    const uploaded = await upload.answered;
    expect([uploaded.statusCode, uploaded.headers.connection]).toEqual([201, 'close']);
    uploaded.resume();
    expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  });

  it('finishes operations in flight on a socket before closing it, and starts no new ones', async () => {
    const gateway = start(settings);
    const { graphqlUrl, wsUrl } = await gateway.line('listening');
    const url = String(graphqlUrl);
    const created = await ask(url, CreateConversationDocument, { input: { channelId: simulator.channelId, customer: {} } });
    const conversationId = created.data.createConversation.conversation?.id ?? '';
    const socket = await connectRaw(String(wsUrl));
    const received: unknown[] = [];
    socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())));
    const closed = once(socket, 'close');
    const send = (id: string, text: string) => {
      const payload = { query: print(SendMessageDocument), variables: { input: { conversationId, text } } };
      socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    };
    const sending = simulator.holdPoints.hold('reply', ({ method, path }) => method === 'POST' && path.endsWith('/messages'));
    send('begun', 'first');
    await sending.arrived;
    gateway.signal('SIGTERM');
    await untilNotReady(url);
    send('late', 'second');
    // It has got there: what a socket is sent is read in order.
    socket.ping();
    await once(socket, 'pong');
    sending.release();
    expect((await closed)[0]).toBe(1012);
    expect(received).toEqual([
      expect.objectContaining({
        id: 'begun',
        type: 'next',
        payload: expect.objectContaining({ data: expect.anything() as object }) as object,
      }),
      { id: 'begun', type: 'complete' },
    ]);
    expect(simulator.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/messages'))).toHaveLength(1);
    expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  });

  it('is not ready before it closes the first socket, and closes them one after the other', async () => {
    const gateway = start(settings);
    const { graphqlUrl, wsUrl } = await gateway.line('listening');
    // In flight, so that it goes on listening and can be asked.
    const created = await ask(String(graphqlUrl), CreateConversationDocument, { input: { channelId: simulator.channelId, customer: {} } });
    const reading = simulator.holdPoints.hold('request', ({ method }) => method === 'GET');
    const read = ask(String(graphqlUrl), ConversationStateDocument, { id: created.data.createConversation.conversation?.id ?? '' });
    await reading.arrived;
    const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => connectRaw(String(wsUrl))));
    const closings: { at: number; code: number }[] = [];
    const ready: boolean[] = [];
    for (const socket of sockets) {
      socket.once('close', (code) => {
        closings.push({ at: performance.now(), code });
      });
    }
    gateway.signal('SIGTERM');
    await untilTrue(async () => {
      const response = await fetch(new URL('/readyz', String(graphqlUrl)), { headers: { connection: 'close' } }).catch(() => null);
      // Once it is closing, it was not ready before.
      if (closings.length > 0) ready.push(response?.ok === true);
      return closings.length === SOCKETS;
    });
    reading.release();
    await read;
    expect(new Set(closings.map(({ code }) => code))).toEqual(new Set([1012]));
    expect(ready).not.toContain(true);
    const [first, last] = [closings[0]?.at ?? 0, closings.at(-1)?.at ?? 0];
    // 20 ms for each socket that is there.
    expect(last - first).toBeGreaterThan(SOCKETS * 10);
    expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
  });

  it('keeps serving during the drain notice, but is not ready and accepts no new subscribers', async () => {
    const gateway = start({ ...settings, DRAIN_NOTICE_SECONDS: '300' });
    const { graphqlUrl, wsUrl } = await gateway.line('listening');
    const socket = await connectRaw(String(wsUrl));
    gateway.signal('SIGTERM');
    await untilNotReady(String(graphqlUrl));
    const { data, connection } = await ask(String(graphqlUrl), GatewayDocument, {});
    expect([data.gateway.version.length > 0, connection]).toEqual([true, 'close']);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    const late = new WebSocket(String(wsUrl), 'graphql-transport-ws');
    const [refused] = (await once(late, 'error')) as [Error];
    expect(refused.message).toContain('503');
    // A second signal does not wait.
    gateway.signal('SIGTERM');
    expect((await gateway.exited()).code).toBe(1);
  });
});

describeWith('redis-server', HOW_TO_GET_REDIS)('a gateway that is stopped while the log keeps a webhook waiting', () => {
  let redis: RedisServer;
  let contactCentre: ContactCentreProcess;
  let admin: Redis;
  beforeEach(async () => {
    [redis, contactCentre] = await Promise.all([RedisServer.start(), ContactCentreProcess.start()]);
    admin = new Redis(redis.url);
  });
  afterEach(async () => {
    admin.disconnect();
    await Promise.all([redis.dispose(), contactCentre.kill()]);
  });

  /** A gateway that is stopping, with one webhook in flight whose event Redis has not stored yet. */
  async function stopping(settings: Readonly<Record<string, string>>) {
    const gateway = start({ ...contactCentre.settings, ...settings, EVENT_LOG: redis.url });
    const webhookUrl = String((await gateway.line('listening'))['webhookUrl']);
    const order = { webhookUrl, conversationIds: ['c1'], lanes: 1, perSecond: null, total: 1 };
    await contactCentre.post(order);
    // Else it may be the expiry's writing that is held, and not the webhook's.
    await gateway.line('events expired');
    await admin.call('CLIENT', 'PAUSE', '600000', 'WRITE');
    // The gateway's log has its response; the contact centre goes on retrying.
    void contactCentre.post(order);
    await untilTrue(async () => /flags=\w*b/.test(String(await admin.call('CLIENT', 'LIST'))));
    gateway.signal('SIGTERM');
    // Not `/readyz`, which asks the log.
    await untilTrue(async () => (await fetch(new URL('/healthz', webhookUrl)).catch(() => null)) === null);
    const taken = () => gateway.lines.filter(({ msg }) => msg === 'webhook accepted').length;
    return { gateway, before: taken(), taken };
  }

  it('stores and acknowledges it when the log recovers', async () => {
    const { gateway, before, taken } = await stopping({});
    await admin.call('CLIENT', 'UNPAUSE');
    expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
    expect(taken()).toBe(before + 1);
  });

  it('ends by the deadline when the log does not recover: the webhook is not acknowledged', async () => {
    const { gateway, before, taken } = await stopping({ DRAIN_SECONDS: '1' });
    expect(await gateway.exited()).toEqual({ code: 0, stderr: '' });
    expect(taken()).toBe(before);
  });
});
