// Subscribers over plain sockets: they implement the minimum of WebSocket and graphql-transport-ws, and count frames instead of parsing them, so that the
// generator is cheap compared to the server. A sample of the frames is parsed, checked and timed.
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { nowMs } from './feed.js';
import { quantiles } from './statistics.js';

const SUBSCRIPTION =
  'subscription Messages($id: ID!, $after: String) { messageAdded(conversationId: $id, after: $after) { id cursor occurredAt message { id text createdAt author { type } } } }';

/** A masked text frame, as clients must send them. */
function frame(text) {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  for (let n = 0; n < payload.length; n += 1) payload[n] ^= mask[n & 3];
  return Buffer.concat([head, mask, payload]);
}

/** A client's subscribe frame, prepared in advance if many subscribe at the same time. */
export const subscribeFrame = (id, variables) =>
  frame(JSON.stringify({ type: 'subscribe', id, payload: { query: SUBSCRIPTION, variables } }));

const PING = '{"type":"ping"';

/** One socket with its subscriptions; `onNext(body)` is called with the bytes of each `next` message. */
export class Subscriber {
  #buffered = null;
  #waiting = [];
  closed = null;

  static open(port, { onNext, localAddress = '127.0.0.1' }) {
    return new Promise((resolve, reject) => {
      const subscriber = new Subscriber();
      const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
      subscriber.socket = socket;
      subscriber.onNext = onNext;
      socket.once('error', reject);
      socket.on('close', () => (subscriber.closed ??= new Error('closed')));
      socket.once('connect', () => {
        const key = randomBytes(16).toString('base64');
        socket.write(
          `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: ${key}\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
        );
      });
      socket.once('data', (chunk) => {
        if (!chunk.latin1Slice(0, 12).endsWith('101')) return reject(new Error(chunk.latin1Slice(0, 100)));
        socket.on('data', (more) => subscriber.#take(more));
        socket.write(frame('{"type":"connection_init"}'));
        subscriber.#waiting.push((text) => (text.includes('connection_ack') ? resolve(subscriber) : reject(new Error(text))));
      });
    });
  }

  subscribe(id, variables) {
    this.socket.write(subscribeFrame(id, variables));
  }

  close() {
    this.socket.destroy();
  }

  #take(chunk) {
    let data = this.#buffered === null ? chunk : Buffer.concat([this.#buffered, chunk]);
    let at = 0;
    for (;;) {
      if (data.length - at < 2) break;
      let length = data[at + 1] & 127;
      let head = 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(at + 2);
        head = 4;
      }
      if (data.length - at < head + length) break;
      const opcode = data[at] & 15;
      if (opcode === 1) this.#message(data.subarray(at + head, at + head + length));
      else if (opcode === 9) this.socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
      else if (opcode === 8) this.closed ??= new Error(`closed with ${data.readUInt16BE(at + head)}`);
      at += head + length;
    }
    this.#buffered = at === data.length ? null : data.subarray(at);
  }

  #message(body) {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) waiting(body.toString());
    // Clients that listen for long receive heartbeats while others are measured.
    else if (body.latin1Slice(0, PING.length) !== PING) this.onNext(body);
  }
}

/** `sockets` subscribers, `topicOf(n)` each its topic (with `subscriptions` of them on each socket), over as many local addresses as that takes. */
export async function openSubscribers(port, { sockets, subscriptions = 1, topicOf, onNext }) {
  const open = [];
  // No more parallel subscriptions than the gateway allows upstream calls in flight.
  const atOnce = Math.max(1, Math.floor(50 / subscriptions));
  for (let n = 0; n < sockets; n += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, sockets - n) }, (_, m) =>
      Subscriber.open(port, { onNext, localAddress: `127.0.0.${2 + ((n + m) % 8)}` }),
    );
    for (const subscriber of await Promise.all(some)) {
      for (let m = 0; m < subscriptions; m += 1) subscriber.subscribe(String(m + 1), { id: topicOf(open.length * subscriptions + m) });
      open.push(subscriber);
    }
  }
  return open;
}

/** Counts `next` messages, and times one of every `sampled`. */
export class Counter {
  count = 0;
  latencies = [];

  constructor(sampled = 16) {
    this.sampled = sampled;
  }

  onNext = (body) => {
    this.count += 1;
    if (this.count % this.sampled !== 0) return;
    const at = nowMs();
    const [, publishedAt] = /"id":"(\d+(?:\.\d+)?)-\d+"/.exec(body.latin1Slice()) ?? [];
    if (publishedAt === undefined) throw new Error(`no message with an event: ${body.toString().slice(0, 300)}`);
    this.latencies.push(at - Number(publishedAt));
  };

  take() {
    const taken = { count: this.count, latencyMs: quantiles(this.latencies) };
    this.count = 0;
    this.latencies = [];
    return taken;
  }
}
