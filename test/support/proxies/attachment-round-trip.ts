import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { PublicClient } from './public-client.js';

const PIECE = Buffer.alloc(65_536, 'x');
const UPLOAD = `mutation($id: ID!, $sizeBytes: Int!) {
  createAttachmentUpload(input: { conversationId: $id, filename: "film.mp4", contentType: "video/mp4", sizeBytes: $sizeBytes }) { uploadUrl }
}`;
const SEND = 'mutation($id: ID!, $file: ID!) { sendMessage(input: { conversationId: $id, attachmentIds: [$file] }) { cursor } }';
const ATTACHMENTS = 'query($id: ID!) { conversation(id: $id) { messages(last: 1) { nodes { attachments { url } } } } }';

interface Attachments {
  readonly conversation: {
    readonly messages: { readonly nodes: readonly { readonly attachments: readonly { readonly url: string }[] }[] };
  };
}

/** What went up and what was downloaded, as hashes, and the addresses of both. */
export interface RoundTrip {
  readonly sent: string;
  readonly received: string;
  readonly urls: readonly string[];
}

/** Uploads an attachment of so many bytes, sends it in a message, and downloads it from there. */
export async function attachmentRoundTrip(client: PublicClient, conversationId: string, sizeBytes: number): Promise<RoundTrip> {
  const { createAttachmentUpload } = await client.ask<{ createAttachmentUpload: { uploadUrl: string } }>(UPLOAD, {
    id: conversationId,
    sizeBytes,
  });
  const { uploadUrl } = createAttachmentUpload;
  const sent = createHash('sha256');
  const body = Readable.from(pieces(sizeBytes, (piece) => sent.update(piece)));
  const headers = { 'content-length': String(sizeBytes) };
  const uploaded = await client.fetch(uploadUrl, { method: 'PUT', headers, body, duplex: 'half' });
  if (uploaded.status !== 201) throw new Error(`HTTP ${uploaded.status} ${await uploaded.text()}`);
  const { attachmentId } = (await uploaded.json()) as { attachmentId: string };
  await client.ask(SEND, { id: conversationId, file: attachmentId });
  const { conversation } = await client.ask<Attachments>(ATTACHMENTS, { id: conversationId });
  const url = conversation.messages.nodes[0]?.attachments[0]?.url ?? '';
  const received = createHash('sha256');
  for await (const piece of (await client.fetch(url)).body ?? []) received.update(piece as Uint8Array);
  return { sent: sent.digest('hex'), received: received.digest('hex'), urls: [uploadUrl, url] };
}

function* pieces(size: number, onPiece: (piece: Buffer) => void): Generator<Buffer> {
  for (let left = size; left > 0; left -= PIECE.length) {
    const piece = PIECE.subarray(0, left);
    onPiece(piece);
    yield piece;
  }
}
