import type { onRequestHookHandler } from 'fastify';

const MESSAGE =
  'This is a WebSocket handshake that has lost `Connection: Upgrade` or `Upgrade: websocket` on its way: a proxy before the gateway must pass both on.';

/** Says what is missing of a WebSocket handshake that comes as a plain request: proxies that do not know of WebSockets leave out what makes it one. 426 (RFC 9110, 15.5.22). */
export const lostUpgrade: onRequestHookHandler = (request, reply, done) => {
  if (request.headers['sec-websocket-key'] === undefined) done();
  else
    void reply
      .code(426)
      .headers({ upgrade: 'websocket', 'cache-control': 'no-store' })
      .send({ errors: [{ message: MESSAGE, extensions: { code: 'BAD_REQUEST' } }] });
};
