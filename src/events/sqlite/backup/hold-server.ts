import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { listenForOwner, ownerSocket } from '../owner-socket.js';
import type { StoreClient } from '../store-client.js';

/** A backup that is silent for this long has stopped: it sends a byte per copied chunk. */
const SILENT_MS = 60_000;
const COPIED = 'copied\n';

/** The socket by which a running gateway is asked to hold its checkpoints, beside the log's file. Null if there can be none. */
export const holdSocket = (file: string): string | null => ownerSocket(file, '-backup');

/**
 * Holds checkpoints for backups, each while its connection is open: sends `held` once copying may start, and answers `copied` with `ok` if
 * they were held until then. The content is not sent here: whoever may read the file reads it.
 */
export class HoldServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly store: Pick<StoreClient, 'ask'>) {
    this.#server = createServer((socket) => {
      void this.#serve(socket);
    });
  }

  /** Resolves also if no such socket can be created, for example because the path is too long; the backup then reports it. */
  static async open(file: string, store: Pick<StoreClient, 'ask'>): Promise<HoldServer> {
    const holds = new HoldServer(store);
    const path = holdSocket(file);
    if (path !== null) await listenForOwner(holds.#server, path);
    return holds;
  }

  /** Ends backups in progress: they fail. */
  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.setTimeout(SILENT_MS, () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#hold(false).catch(() => undefined);
    });
    try {
      await this.#hold(true);
    } catch {
      socket.destroy();
      return;
    }
    let tail = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-COPIED.length);
      if (tail === COPIED) socket.end('ok\n');
    });
    socket.write('held\n');
  }

  async #hold(held: boolean): Promise<void> {
    await this.store.ask('holdCheckpoints', { held });
  }
}
