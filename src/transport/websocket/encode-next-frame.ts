import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { WriteBatcher } from '../scheduling/write-batcher.js';

/** How much may be on its way to a client before its next event waits. */
const MAX_UNSENT_BYTES = 65_536;
/** RFC 6455, 5.2: a whole text message in one frame. */
const FIN_TEXT = 0x81;
/** How long the start of a frame is at most. */
const MAX_HEADER_BYTES = 10;
const BRACE = 0x7d;

/** Sends one result. Null: it is on its way; a promise: resolves when the client has taken what was before it. */
export type SendNext = (payload: EncodedResult) => Promise<void> | null;

/**
 * Sends results of the operation `id` as `next` messages of the `graphql-transport-ws` protocol: each one buffer, the frame around it made here. Without compression `ws` writes
 * each of its own frames at once and whole, so ours fall between them.
 */
export function createNextSender(socket: WebSocket, wire: Writable, id: string, writes: WriteBatcher): SendNext {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  return (payload) => {
    if (socket.readyState !== socket.OPEN) return null;
    const frame = payload.frame(id, head);
    if (wire.writableLength + frame.length < MAX_UNSENT_BYTES) {
      writes.corkUntilTick(wire);
      wire.write(frame);
      return null;
    }
    return new Promise((resolve) => wire.write(frame, () => resolve()));
  };
}

/** Puts a result, in JSON, into the words of a protocol. */
export type PayloadEncoding = (json: string, cursor: string | null) => string;

/** A result as it is sent, to one client or to thousands. */
export class EncodedResult {
  #id: string | null = null;
  #frame: Buffer | null = null;
  #encoding: PayloadEncoding | null = null;
  #encoded: Buffer | null = null;

  /**
   * @param json the result
   * @param cursor what a client resumes after once it has the result; null where that does not apply
   */
  constructor(
    readonly json: string,
    readonly cursor: string | null = null,
  ) {}

  /** The result as it is written to an HTTP response: the very same bytes for all who asked for the same encoding. */
  encoded(encoding: PayloadEncoding): Buffer {
    if (this.#encoded === null || this.#encoding !== encoding) {
      this.#encoding = encoding;
      this.#encoded = Buffer.from(encoding(this.json, this.cursor));
    }
    return this.#encoded;
  }

  /** The frame of a `next` message for an operation: `head`, the result, and a closing brace. Who chose his id alike, by counting his operations, is sent the very same bytes. */
  frame(id: string, head: Buffer): Buffer {
    if (this.#frame === null || this.#id !== id) {
      this.#id = id;
      this.#frame = nextFrame(head, this.json);
    }
    return this.#frame;
  }
}

/** Frames are written one behind the other into pieces of memory: to allocate each by itself takes longer than to write it. A piece is kept for as long as one frame of it waits for a slow client. */
const SLAB_BYTES = 8_192;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/** Servers mask nothing (RFC 6455, 5.1). */
function nextFrame(head: Buffer, json: string): Buffer {
  // A character takes up to three bytes.
  const most = MAX_HEADER_BYTES + head.length + 3 * json.length + 1;
  if (most > SLAB_BYTES)
    return putFrame(Buffer.allocUnsafeSlow(MAX_HEADER_BYTES + head.length + Buffer.byteLength(json) + 1), 0, head, json);
  if (used + most > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const frame = putFrame(slab, used, head, json);
  used += MAX_HEADER_BYTES + frame.length;
  return frame;
}

/** Puts a frame into `memory`, its start at most `MAX_START` behind `from`. */
function putFrame(memory: Buffer, from: number, head: Buffer, json: string): Buffer {
  const message = from + MAX_HEADER_BYTES;
  memory.set(head, message);
  const brace = message + head.length + memory.write(json, message + head.length);
  memory[brace] = BRACE;
  return memory.subarray(writeHeader(memory, message, brace + 1 - message), brace + 1);
}

/** Puts the start of a frame before its message. Returns where it begins. */
function writeHeader(memory: Buffer, message: number, length: number): number {
  const start = message - (length < 126 ? 2 : length < 65_536 ? 4 : MAX_HEADER_BYTES);
  memory[start] = FIN_TEXT;
  if (length < 126) memory[start + 1] = length;
  else if (length < 65_536) {
    memory[start + 1] = 126;
    memory.writeUInt16BE(length, start + 2);
  } else {
    memory[start + 1] = 127;
    memory.writeBigUInt64BE(BigInt(length), start + 2);
  }
  return start;
}
