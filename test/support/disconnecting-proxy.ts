import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Stands between a client and a server on this machine, and cuts their connections on request. */
export class CutProxy {
  readonly #sockets = new Set<Socket>();
  #isMute = false;
  #muteAt: string | null = null;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(target: number): Promise<CutProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new CutProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.#join(client, connect(target, '127.0.0.1')));
    return proxy;
  }

  /** What the server answers gets lost, though it does what it is asked: from now on, or from when a client has sent `text`. `cut` ends that. */
  mute(text: string | null = null): void {
    this.#isMute = text === null;
    this.#muteAt = text;
  }

  /** Breaks all connections; new ones are taken. */
  cut(): void {
    this.#isMute = false;
    this.#muteAt = null;
    for (const socket of this.#sockets) socket.destroy();
  }

  async dispose(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => {
        if (from === client && this.#muteAt !== null && bytes.includes(this.#muteAt)) this.#isMute = true;
        if (from === client || !this.#isMute) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
