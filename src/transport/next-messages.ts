import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** How much may be on its way to a client before its next event waits. */
const MAX_UNSENT_BYTES = 65_536;
/** RFC 6455, 5.2: a whole text message in one frame. */
const WHOLE_TEXT = 0x81;
const BRACE = 0x7d;

/** Sends the results of one operation. */
export interface SendResult {
  /** Sends one, as JSON in UTF-8. Null: it is on its way; a promise: resolves when the client has taken what was before it. */
  (payload: Buffer): Promise<void> | null;
  /** What is sent from now to the end of this turn of the event loop goes to the kernel in one. */
  gather(): void;
}

/**
 * Sends results of the operation `id` as `next` messages of the `graphql-transport-ws` protocol: each in one write of one buffer, the frame around it made here. Without
 * compression `ws` writes each of its own frames at once and whole, so ours fall between them.
 */
export function resultsTo(socket: WebSocket, wire: Writable, id: string, frames: NextFrames): SendResult {
  const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  const send = (payload: Buffer): Promise<void> | null => {
    if (socket.readyState !== socket.OPEN) return null;
    const frame = frames.of(id, head, payload);
    if (wire.writableLength + frame.length < MAX_UNSENT_BYTES) {
      wire.write(frame);
      return null;
    }
    return new Promise((resolve) => wire.write(frame, () => resolve()));
  };
  const gather = () => {
    wire.cork();
    process.nextTick(() => wire.uncork());
  };
  return Object.assign(send, { gather });
}

/** Makes frames, and remembers the last one: who gets the same result next, under an id that his client chose alike by counting its operations, is sent the very same bytes. */
export class NextFrames {
  #last: { readonly id: string; readonly payload: Buffer; readonly frame: Buffer } | null = null;

  of(id: string, head: Buffer, payload: Buffer): Buffer {
    if (this.#last?.payload !== payload || this.#last.id !== id) this.#last = { id, payload, frame: nextFrame(head, payload) };
    return this.#last.frame;
  }
}

/** The frame of a `next` message: `head`, the payload, and a closing brace. Servers mask nothing (RFC 6455, 5.1). */
function nextFrame(head: Buffer, payload: Buffer): Buffer {
  const length = head.length + payload.length + 1;
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = WHOLE_TEXT;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(head, start);
  frame.set(payload, start + head.length);
  frame[start + length - 1] = BRACE;
  return frame;
}
