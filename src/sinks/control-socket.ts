import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connectToOwner, listenForOwner, ownerSocket } from '../events/sqlite/owner-socket.js';
import type { SinkCommand } from './administration.js';

/** A connection that sends no request for this long is closed. */
const SILENT_MS = 5_000;
const MAX_REQUEST_BYTES = 4_096;

/** The socket beside an embedded log, which only its owner can use. Null if there can be none. */
export const controlSocket = (logFile: string): string | null => ownerSocket(logFile, '-sinks');

/** Answers commands about sinks for the processes of the same user: a running gateway owns its embedded log. Returns what ends it. */
export async function serveControl(path: string | null, run: (command: SinkCommand) => Promise<unknown>): Promise<() => void> {
  if (path === null) return () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    void answer(socket, run);
  });
  await listenForOwner(server, path);
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

/** Asks a running gateway. Null if none answers at this socket, or if there is none. Rejects with an error for operators if it fails. */
export async function askControl(path: string | null, command: SinkCommand): Promise<unknown> {
  const socket = await connectToOwner(path);
  if (socket === null) return null;
  socket.write(`${JSON.stringify(command)}\n`);
  for await (const line of createInterface(socket)) {
    const reply = JSON.parse(line) as { readonly result?: unknown; readonly error?: string };
    socket.destroy();
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.result;
  }
  throw new Error('the gateway stopped before it answered');
}
