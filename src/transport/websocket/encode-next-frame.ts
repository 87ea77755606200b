import type { Writable } from 'node:stream';
import { Sender } from 'ws';
import type { WebSocket } from 'ws';
import type { WriteBatcher } from '../scheduling/write-batcher.js';

/** How much may be on its way to a client before its next event waits. */
const MAX_UNSENT_BYTES = 65_536;
/** A whole text message in one frame (RFC 6455, 5.2); servers do not mask (5.1). */
const TEXT_FRAME = { fin: true, opcode: 1, mask: false, readOnly: true, rsv1: false };

/** Sends one result. Null if it is written; a promise if the client is slow: it resolves once the result is written to the network. */
export type SendNext = (payload: EncodedResult) => Promise<void> | null;

/**
 * Sends results of the operation `id` as `next` messages of the `graphql-transport-ws` protocol: each is framed once, by `ws`, and
 * written past it, so that many sockets can share the frame. Without compression `ws` writes each of its own frames synchronously and whole, so these fall between them.
 */
export function createNextSender(socket: WebSocket, wire: Writable, id: string, writes: WriteBatcher): SendNext {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
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

  /** The frame of a `next` message: `head`, the result, and a closing brace. The same buffer for all operations with the same id. */
  frame(id: string, head: string): Buffer {
    if (this.#frame === null || this.#id !== id) {
      this.#id = id;
      this.#frame = Buffer.concat(Sender.frame(Buffer.from(`${head}${this.json}}`), TEXT_FRAME));
    }
    return this.#frame;
  }
}
