import { once } from 'node:events';
import WebSocket from 'ws';
import type { Question } from './asker.js';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket for one operation after the other, or many in parallel. */
export class OperationsSocket {
  readonly #waiting = new Map<string, (message: Message) => void>();
  #operations = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.type === 'ping') socket.send('{"type":"pong"}');
      if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    });
    socket.once('close', (code) => {
      for (const answer of this.#waiting.values()) answer({ type: 'error', payload: [{ message: `closed with ${code}` }] });
    });
  }

  static async open(url: string, token: string | null): Promise<OperationsSocket> {
    const socket = new WebSocket(url, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: token === null ? {} : { authorization: `Bearer ${token}` } }));
    await once(socket, 'message');
    return new OperationsSocket(socket);
  }

  /** The first results of a subscription, so many at most, in order: those that have arrived before the answers of two queries that are sent after it. */
  async firstResults(question: Question, most: number): Promise<unknown[]> {
    const results: unknown[] = [];
    const id = String((this.#operations += 1));
    const enough = new Promise<void>((resolve) => {
      this.#waiting.set(id, ({ type, payload }) => {
        if (type !== 'complete') results.push(type === 'error' ? { errors: payload } : payload);
        if (type !== 'next' || results.length === most) resolve();
      });
    });
    this.socket.send(JSON.stringify({ type: 'subscribe', id, payload: question }));
    const later = async () => {
      for (const query of ['{ gateway { latestCursor } }', '{ __typename }']) await this.firstResult({ query });
    };
    await Promise.race([enough, later()]);
    this.#waiting.delete(id);
    this.socket.send(JSON.stringify({ type: 'complete', id }));
    return results.slice(0, most);
  }

  /** The result of a query or mutation, or the errors in the place of one. */
  async firstResult(question: Question): Promise<unknown> {
    const id = String((this.#operations += 1));
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ type: 'subscribe', id, payload: question }));
    const { type, payload } = await answer;
    this.#waiting.delete(id);
    return type === 'error' ? { errors: payload } : payload;
  }

  close(): void {
    this.socket.terminate();
  }
}
