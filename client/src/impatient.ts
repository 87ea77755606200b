/** The part of a WebSocket (a browser's, Node's or that of the package `ws`) used here. */
interface Socket {
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}
type SocketClass = new (url: string, protocols?: string | string[]) => Socket;

/**
 * A WebSocket class whose sockets fail if they are not open within `ms`: the standard has no limit for the opening handshake, so a proxy or a network that accepts
 * connections and then does nothing would never fail.
 */
export function impatient(ms: number, implementation: unknown = (globalThis as { readonly WebSocket?: unknown }).WebSocket): unknown {
  // graphql-ws throws a helpful error.
  if (typeof implementation !== 'function') return implementation;
  return class extends (implementation as SocketClass) {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      const timer = setTimeout(() => this.close(), ms);
      for (const type of ['open', 'close'] as const) this.addEventListener(type, () => clearTimeout(timer));
      // graphql-ws removes its listeners when it terminates a socket; with `ws`, a later error would end the process.
      this.addEventListener('error', () => undefined);
    }
  };
}
