import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { relative } from 'node:path';

/** What every system accepts as the path of a socket, in bytes. Node 20 cuts a longer one off without an error: it would name another file. */
const MAX_PATH_BYTES = 103;

/**
 * The path of a socket beside a log's file, by which a running gateway is asked for something: the shorter of the absolute and the relative one. Null if it is too long
 * for a socket, or if the system has no such sockets.
 */
export function ownerSocket(file: string, suffix: string): string | null {
  const [path, short] = [`${file}${suffix}`, relative(process.cwd(), `${file}${suffix}`)];
  const shorter = short.length < path.length ? short : path;
  return process.platform === 'win32' || Buffer.byteLength(shorter) > MAX_PATH_BYTES ? null : shorter;
}

/** Listens on a socket that only its owner may use. Resolves also if it cannot be created: whoever asks is answered by nobody then. The log must be ours already. */
export async function listenForOwner(server: Server, path: string): Promise<void> {
  // Left by a killed process.
  rmSync(path, { force: true });
  await new Promise<void>((resolve) => {
    server.on('error', () => resolve());
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
  });
  server.unref();
}

/** Connects to a running gateway. Null if none listens at this path, or if there is no path. A failure afterwards closes the connection. */
export async function connectToOwner(path: string | null): Promise<Socket | null> {
  if (path === null) return null;
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch {
    return null;
  }
  return socket.on('error', () => socket.destroy());
}
