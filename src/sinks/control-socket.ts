import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { SinkCommand } from './administration.js';

/** A connection that sends no request for this long is closed. */
const SILENT_MS = 5_000;
const MAX_REQUEST_BYTES = 4_096;

/** The socket beside an embedded log, which only its owner can use: a socket's path is limited to about 100 bytes, so the shorter form. */
export function controlSocket(logFile: string): string {
  const [path, short] = [`${logFile}-sinks`, relative(process.cwd(), `${logFile}-sinks`)];
  return short.length < path.length ? short : path;
}

/** Answers commands about sinks for the processes of the same user: a running gateway owns its embedded log. Returns what ends it. */
export async function serveControl(path: string, run: (command: SinkCommand) => Promise<unknown>): Promise<() => void> {
  if (process.platform === 'win32') return () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    void answer(socket, run);
  });
  // Left by a killed process. The log is exclusively ours by now.
  rmSync(path, { force: true });
  await new Promise<void>((resolve) => {
    server.on('error', () => resolve());
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
  });
  server.unref();
  return () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
}

async function answer(socket: Socket, run: (command: SinkCommand) => Promise<unknown>): Promise<void> {
  const reply = await readLine(socket)
    .then((line) => run(JSON.parse(line) as SinkCommand))
    .then(
      (result) => ({ result }),
      () => ({ error: 'the gateway could not read its event log' }),
    );
  socket.end(`${JSON.stringify(reply)}\n`);
}

function readLine(socket: Socket): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(text);
      else if (text.length > MAX_REQUEST_BYTES) reject(new Error('too long'));
    });
    socket.on('close', () => reject(new Error('closed')));
  });
}

/** Asks a running gateway. Null if none answers at this socket. Rejects with an error for operators if it fails. */
export async function askControl(path: string, command: SinkCommand): Promise<unknown> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch {
    return null;
  }
  socket.on('error', () => socket.destroy());
  socket.write(`${JSON.stringify(command)}\n`);
  for await (const line of createInterface(socket)) {
    const reply = JSON.parse(line) as { readonly result?: unknown; readonly error?: string };
    socket.destroy();
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.result;
  }
  throw new Error('the gateway stopped before it answered');
}
