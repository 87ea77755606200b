import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as afterPoll, setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { WebSockets } from '../websocket/websocket.js';

/** How long a socket's close is deferred for each socket closed before it, at most, in milliseconds. */
const SPREAD_STEP_MS = 20;

/** Clients whose sockets were closed reconnect immediately: for so long after the last one they are still answered that the gateway drains, in milliseconds. */
const RETURN_MS = 250;

/** For so long after the gateway has stopped listening, a new connection may bring its first request, in milliseconds. */
const UNUSED_MS = 250;

/** How long a stop may take, in milliseconds. */
export interface DrainTimes {
  /** All in all. */
  readonly drainMs: number;
  /** Of that: how long a load balancer is given to see that the gateway is not ready, before anything is closed. Not more than half is taken. */
  readonly drainNoticeMs: number;
}

/**
 * Ends subscriptions first, then waits for requests in flight; what is not done by the deadline is cut off. During the notice everything is served as usual, except that
 * responses close their connections and new subscriptions are rejected, so that clients go to another gateway.
 */
export async function drain(
  app: FastifyInstance,
  transports: readonly Pick<WebSockets, 'count' | 'stopAccepting' | 'close'>[],
  { drainMs, drainNoticeMs }: DrainTimes,
): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), drainMs);
  for (const transport of transports) transport.stopAccepting();
  const noticeMs = Math.min(drainNoticeMs, drainMs / 2);
  if (noticeMs > 0) await pause(noticeMs);
  const leftMs = drainMs - noticeMs;
  const spreadMs = Math.min(leftMs / 2, transports.reduce((sum, { count }) => sum + count, 0) * SPREAD_STEP_MS);
  await Promise.all(transports.map((transport) => transport.close(spreadMs, leftMs / 2)));
  if (spreadMs > 0) await pause(Math.min(RETURN_MS, leftMs / 4));
  await closeServer(app.server);
  await app.close();
  clearTimeout(deadline);
}

/**
 * Stops listening, and resolves when the last connection is closed. It does so when the event loop has just accepted and read what had arrived: whatever the system still holds of
 * a connection when that is closed is answered with a reset, and a proxy does not repeat a POST.
 */
async function closeServer(server: Server): Promise<void> {
  await afterPoll();
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => closeUnused(server), UNUSED_MS);
  await closed;
  clearTimeout(timer);
}

/** By server. */
const openConnections = new WeakMap<Server, Set<Socket>>();

/** Those on which nothing was ever sent, as browsers and load balancers open them in advance: to Node they are not idle, but wait for the headers of a request. */
function closeUnused(server: Server): void {
  for (const socket of openConnections.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy();
}

function trackConnections(server: Server): void {
  const open = new Set<Socket>();
  openConnections.set(server, open);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
}

/** To be set up before any route. While `draining`, an answer is the last on its connection: clients that keep connections would send their next request here otherwise. */
export function closeKeepAliveOnDrain(app: FastifyInstance, draining: () => boolean): void {
  trackConnections(app.server);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining()) void reply.header('connection', 'close');
    done();
  });
  // What had begun before: its connection would be kept, and waited for.
  app.addHook('onResponse', (_request, _reply, done) => {
    if (draining() && !app.server.listening) app.server.closeIdleConnections();
    done();
  });
}
