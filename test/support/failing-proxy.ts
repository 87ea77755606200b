import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Stands between a gateway and its upstream, and can play it dead. */
export class FailingProxy {
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #silent = false;
  #answer: string | null = null;
  #port = 0;
  /** Connections that came so far. */
  attempts = 0;

  constructor(private readonly targetPort: number) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Carries everything through; at the same port as before. */
  async start(): Promise<void> {
    this.#silent = false;
    this.#answer = null;
    this.#server = createServer((socket) => this.#carry(socket));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections and refuses new ones. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(server, 'close');
  }

  /** From now on nothing is answered, over connections old and new. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** Ends that for new connections; the old ones stay dead. */
  carryNew(): void {
    this.#silent = false;
    this.#answer = null;
  }

  /** Breaks all connections, and answers whatever comes with this status. */
  answerWith(status: number): void {
    this.#answer = `HTTP/1.1 ${status} \r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
    for (const socket of this.#sockets) socket.destroy();
  }

  #carry(socket: Socket): void {
    this.#keep(socket);
    this.attempts += 1;
    if (this.#answer !== null) {
      const answer = this.#answer;
      socket.once('data', () => socket.end(answer));
      return;
    }
    if (this.#silent) {
      socket.pause();
      return;
    }
    const target = connect(this.targetPort, '127.0.0.1');
    this.#keep(target);
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      one.on('data', (chunk: Buffer) => other.write(chunk));
      one.on('close', () => other.destroy());
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
