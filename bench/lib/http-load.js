// Load over HTTP/1.1 by plain sockets: one request in flight on each, so that the generator is cheap compared to the server.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { quantiles } from './statistics.js';

/** The bytes of one request. */
export function requestBytes({ method = 'POST', path, host, headers = {}, body = '' }) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const lines = Object.entries({ host, ...headers, ...(bytes.length > 0 ? { 'content-length': bytes.length } : {}) });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** One connection: `ask(bytes)` resolves to the status and the body's bytes. Answers must have a content-length or no body. */
export class Connection {
  #socket;
  #pending = null;
  #buffered = null;

  static open(port, host = '127.0.0.1') {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#pending?.(error));
    socket.on('close', () => this.#pending?.(new Error('the server closed the connection')));
  }

  /** `answered(error, status, body)`. */
  ask(bytes, answered) {
    this.#pending = answered;
    this.#socket.write(bytes);
  }

  close() {
    this.#pending = null;
    this.#socket.destroy();
  }

  #take(chunk) {
    const data = this.#buffered === null ? chunk : Buffer.concat([this.#buffered, chunk]);
    const end = data.indexOf('\r\n\r\n');
    if (end < 0) return void (this.#buffered = data);
    const head = data.latin1Slice(0, end);
    const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    const total = end + 4 + Number(length);
    if (data.length < total) return void (this.#buffered = data);
    this.#buffered = null;
    const answered = this.#pending;
    this.#pending = null;
    answered?.(null, Number(head.slice(9, 12)), data.subarray(end + 4, total));
  }
}

/**
 * As many requests as the server accepts, over `connections`, for `durationMs`. `next()` returns the bytes of each; `check(status, body)` throws on a wrong response.
 * With `perSecond` they are sent at that rate instead, and a request counts from when it was due, so that a server that falls behind cannot hide it.
 */
export async function httpLoad({ port, connections = 50, durationMs, next, check = () => undefined, perSecond = null }) {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const latencies = [];
  const startedAt = performance.now();
  const deadline = startedAt + durationMs;
  try {
    await (perSecond === null
      ? Promise.all(open.map((connection) => closedLoop(connection, { deadline, next, check, latencies })))
      : openLoop(open, { startedAt, deadline, next, check, latencies, perSecond }));
  } finally {
    for (const connection of open) connection.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: latencies.length / seconds, latencyMs: quantiles(latencies), latencies };
}

function closedLoop(connection, { deadline, next, check, latencies }) {
  return new Promise((resolve, reject) => {
    const ask = () => {
      const bytes = performance.now() < deadline ? next() : null;
      if (bytes === null) return resolve();
      const sentAt = performance.now();
      connection.ask(bytes, (error, status, body) => {
        if (error !== null) return reject(error);
        try {
          check(status, body);
        } catch (wrong) {
          return reject(wrong);
        }
        latencies.push(performance.now() - sentAt);
        ask();
      });
    };
    ask();
  });
}

function openLoop(open, { startedAt, deadline, next, check, latencies, perSecond }) {
  let timer;
  return new Promise((resolve, reject) => {
    const free = [...open];
    let due = 0;
    let sent = 0;
    let answered = 0;
    const pump = () => {
      const now = performance.now();
      const until = Math.min(now, deadline);
      due = Math.floor(((until - startedAt) / 1000) * perSecond);
      while (sent < due && free.length > 0) {
        const bytes = next();
        if (bytes === null) return resolve();
        const dueAt = startedAt + (sent / perSecond) * 1000;
        sent += 1;
        const connection = free.pop();
        connection.ask(bytes, (error, status, body) => {
          if (error !== null) return reject(error);
          try {
            check(status, body);
          } catch (wrong) {
            return reject(wrong);
          }
          latencies.push(performance.now() - dueAt);
          answered += 1;
          free.push(connection);
          if (now < deadline) pump();
        });
      }
      return now >= deadline && answered === sent;
    };
    timer = setInterval(() => {
      if (pump() === true) resolve();
    }, 1);
  }).finally(() => clearInterval(timer));
}
