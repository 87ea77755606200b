import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { SocketProtocol } from '../../../../src/transport/websocket/websocket-protocol.js';

/** What the protocol uses of a socket. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly sent: unknown[] = [];
  closed: number | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closed = code;
    this.emit('close');
  }
}

it('closes the socket, and throws nothing, where a message causes an internal error', async () => {
  const socket = new FakeSocket();
  const errors: unknown[] = [];
  new SocketProtocol(socket as unknown as WebSocket, {
    wire: { socket, tcp: {}, writes: {} } as never,
    logger: { error: (fields: unknown) => errors.push(fields) } as never,
    initTimeoutMs: 1_000,
    connect: () => Promise.resolve(true),
    start: () => {
      throw new Error('not expected');
    },
  });
  socket.emit('message', Buffer.from('{"type":"connection_init"}'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(socket.sent).toEqual([{ type: 'connection_ack' }]);
  socket.emit('message', Buffer.from('{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}'));
  expect([socket.closed, errors]).toEqual([4500, [{ error: expect.objectContaining({ message: 'not expected' }) }]]);
});
