import { once } from 'node:events';
import WebSocket from 'ws';

/** A message of the `graphql-transport-ws` protocol. */
export interface ProtocolMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** The next message of a socket, or how it was closed. */
export function nextOf(socket: WebSocket): Promise<ProtocolMessage | { closed: number }> {
  return new Promise((resolve) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()) as ProtocolMessage));
    socket.once('close', (closed) => resolve({ closed }));
  });
}

/** Starts an operation on a socket and waits for its first result, or for why there is none. */
export function operationOn(socket: WebSocket, id: string, payload: object): Promise<ProtocolMessage | { closed: number }> {
  const answer = new Promise<ProtocolMessage | { closed: number }>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ProtocolMessage;
      if (message.id === id) resolve(message);
    });
    socket.once('close', (closed) => resolve({ closed }));
  });
  socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
  return answer;
}

/** A socket on which the protocol has begun, for what no client library would do. */
export async function connectRaw(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  expect(await nextOf(socket)).toEqual({ type: 'connection_ack' });
  return socket;
}
