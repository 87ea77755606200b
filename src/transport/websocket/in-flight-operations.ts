import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from 'ws';

/** The queries and mutations that run on sockets, so that a socket can be closed when none is cut off by that. */
export class InFlightOperations {
  readonly #running = new WeakMap<WebSocket, Set<Promise<unknown>>>();
  readonly #ending = new WeakSet<WebSocket>();

  /** Runs one and returns its result, which must be sent in the same event-loop tick. */
  async run<T>(socket: WebSocket, operation: () => Promise<T>): Promise<T> {
    const running = this.#running.get(socket) ?? new Set();
    this.#running.set(socket, running);
    const result = operation();
    running.add(result);
    try {
      return await result;
    } finally {
      running.delete(result);
    }
  }

  /** Whether none is begun any more on a socket. */
  isEnding(socket: WebSocket): boolean {
    return this.#ending.has(socket);
  }

  /** From now on none is begun on a socket. Resolves when the results of those that ran are handed to it. */
  async end(socket: WebSocket): Promise<void> {
    this.#ending.add(socket);
    await Promise.allSettled(this.#running.get(socket) ?? new Set<Promise<unknown>>());
    await nextTurn();
  }
}
