import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  CreateAttachmentUploadDocument,
  CreateConversationDocument,
  MessageContentDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { MeasuredGateway } from '../support/memory/measured-gateway.js';
import { describeWithFile } from '../support/needs.js';
import { upstreamSettings } from '../support/upstream-settings.js';

const SIZE = 50 * 1_048_576;
const PIECE = 65_536;
/** Enough for the code of streams to be compiled, and far less than what is measured. */
const WARM_UP_SIZE = 4 * 1_048_576;
const QUERIES_MEANWHILE = 50;

let simulator: Simulator;
let gateway: MeasuredGateway;
let directory: string;
let id: string;

async function get<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
  const body = JSON.stringify({ query: print(document), variables });
  const response = await fetch(gateway.graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

/** Bytes that differ from piece to piece, and their hash. */
function content(size: number) {
  const hash = createHash('sha256');
  const pieces = function* () {
    for (let at = 0; at < size; at += PIECE) {
      const piece = Buffer.alloc(Math.min(PIECE, size - at), (at / PIECE) % 251);
      hash.update(piece);
      yield piece;
    }
  };
  return { body: Readable.toWeb(Readable.from(pieces())), hash };
}

/** Uploads so many bytes; with the hash of what was sent. */
async function upload(size: number): Promise<{ attachmentId: string; sent: string }> {
  const input = { conversationId: id, filename: 'film.mp4', contentType: 'video/mp4', sizeBytes: size };
  const { createAttachmentUpload } = await get(CreateAttachmentUploadDocument, { input });
  const { body, hash } = content(size);
  const init = { method: 'PUT', body, duplex: 'half' } as unknown as RequestInit;
  const response = await fetch(createAttachmentUpload.uploadUrl ?? '', init);
  expect(response.status).toBe(201);
  const { attachmentId } = (await response.json()) as { attachmentId: string };
  return { attachmentId, sent: hash.digest('hex') };
}

/** Sends the file in a message and downloads it from there; with the hash of what came. */
async function download(attachmentId: string): Promise<string> {
  await get(SendMessageDocument, { input: { conversationId: id, attachmentIds: [attachmentId] } });
  const { conversation } = await get(MessageContentDocument, { id });
  const response = await fetch(conversation?.messages?.nodes.at(-1)?.attachments[0]?.url ?? '');
  const hash = createHash('sha256');
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) hash.update(piece);
  return hash.digest('hex');
}

describeWithFile('/proc/self/status', 'Linux, whose /proc shows memory')('an attachment of 50 MB', () => {
  beforeAll(async () => {
    simulator = createSimulator({ agents: 'manual' });
    await simulator.listen();
    directory = mkdtempSync(join(tmpdir(), 'gateway-memory-'));
    gateway = await MeasuredGateway.start({
      ...upstreamSettings(simulator),
      EVENT_LOG: `file:${directory}`,
    });
    const { createConversation } = await get(CreateConversationDocument, { input: { channelId: simulator.channelId, customer: {} } });
    id = createConversation.conversation?.conversationId ?? '';
    // What the first requests load and compile, and the heap that queries take, are not the attachment's.
    const { attachmentId, sent } = await upload(WARM_UP_SIZE);
    expect(await download(attachmentId)).toBe(sent);
    for (let count = 0; count < QUERIES_MEANWHILE; count += 1) await get(MessageContentDocument, { id });
  });
  afterAll(async () => {
    await gateway.stop();
    await simulator.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is uploaded and downloaded intact, while the process grows by less than 20 MB', async () => {
    const before = gateway.peakMebibytes;
    const { attachmentId, sent } = await upload(SIZE);
    expect(await download(attachmentId)).toBe(sent);
    expect(gateway.peakMebibytes - before).toBeLessThan(20);
  }, 60_000);

  it('is read no faster than the contact centre accepts it', async () => {
    const held = simulator.holdPoints.hold('request', ({ method, path }) => method === 'POST' && path.endsWith('/attachments'));
    const before = gateway.peakMebibytes;
    const uploading = upload(SIZE);
    await held.arrived;
    // Nothing is read at the other end meanwhile: what the gateway takes now it would have to keep.
    for (let count = 0; count < QUERIES_MEANWHILE; count += 1) await get(MessageContentDocument, { id });
    held.release();
    const { attachmentId, sent } = await uploading;
    expect(await download(attachmentId)).toBe(sent);
    expect(gateway.peakMebibytes - before).toBeLessThan(20);
  }, 60_000);
});
