import { once } from 'node:events';
import WebSocket from 'ws';
import type { Question } from './asker.js';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket for one operation after the other, or many at once. */
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

  /** The first result, or the errors in the place of one; no data if a query that is sent after the operation is answered before it. */
  async firstResult(question: Question): Promise<unknown> {
    const [id, answer] = this.#start(question);
    const [after, later] = this.#start({ query: '{ __typename }' });
    const first = await Promise.race([answer, later.then(() => null)]);
    // Queries are answered in any order.
    const isSubscription = /^\s*subscription\b/.test(question.query);
    const settled = first ?? (isSubscription ? null : await answer);
    await later;
    this.#waiting.delete(id);
    this.#waiting.delete(after);
    this.socket.send(JSON.stringify({ type: 'complete', id }));
    if (settled === null || settled.type === 'complete') return {};
    return settled.type === 'error' ? { errors: settled.payload } : settled.payload;
  }

  close(): void {
    this.socket.terminate();
  }

  #start(question: Question): readonly [id: string, answer: Promise<Message>] {
    const id = String((this.#operations += 1));
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ type: 'subscribe', id, payload: question }));
    return [id, answer];
  }
}
