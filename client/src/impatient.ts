/** As much of a WebSocket as is needed here, of a browser's, Node's or the package `ws`. */
interface Socket {
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
}
type SocketClass = new (url: string, protocols?: string | string[]) => Socket;

/**
 * A WebSocket class whose sockets fail when they are not open within `ms`: the standard has no limit for the opening handshake, and a proxy or a network that accepts
 * connections and then does nothing would be waited for for ever.
 */
export function impatient(ms: number, implementation: unknown = (globalThis as { readonly WebSocket?: unknown }).WebSocket): unknown {
  // graphql-ws says what is missing.
  if (typeof implementation !== 'function') return implementation;
  return class extends (implementation as SocketClass) {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      const timer = setTimeout(() => this.close(), ms);
      for (const type of ['open', 'close'] as const) this.addEventListener(type, () => clearTimeout(timer));
      // graphql-ws stops listening when it terminates a socket; with `ws` an error that comes later would then end the process.
      this.addEventListener('error', () => undefined);
    }
  };
}
