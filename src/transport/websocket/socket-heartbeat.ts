import type { WebSocket } from 'ws';

/** How often a socket is pinged, and how long it may take to answer, in milliseconds. */
const PING_MS = 12_000;

/** Pings a socket of which nothing else may come for long, and terminates one that does not answer. */
export class SocketHeartbeat {
  #pingedAt: number | null = null;

  /** @param onBeat called at each beat of an open socket */
  constructor(
    private readonly socket: WebSocket,
    private readonly onBeat: () => void,
    intervalMs = PING_MS,
  ) {
    const timer = setInterval(() => this.#beat(), intervalMs);
    socket.once('close', () => clearInterval(timer));
    socket.on('pong', () => (this.#pingedAt = null));
  }

  #beat(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.#pingedAt === null) {
      this.#pingedAt = performance.now();
      this.socket.ping();
    } else if (performance.now() - this.#pingedAt >= PING_MS - 1_000) {
      this.socket.terminate();
      return;
    }
    this.onBeat();
  }
}
