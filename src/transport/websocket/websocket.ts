import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { ANONYMOUS } from '../../auth/viewer.js';
import { admitFairly } from '../scheduling/admission.js';
import { InboundThrottle } from '../internals/inbound-throttle.js';
import { RESTARTING } from '../execution/end-reasons.js';
import { InFlightOperations } from './in-flight-operations.js';
import { plainPath } from '../http/plain-path.js';
import { ReconnectCloser } from './reconnect-closer.js';
import { SocketHeartbeat } from './socket-heartbeat.js';
import { SocketOperations } from './socket-operations.js';
import type { SocketOperationsOptions } from './socket-operations.js';
import { CLOSE_TRY_AGAIN, SocketSessions } from './socket-sessions.js';
import type { SessionOptions } from './socket-sessions.js';
import { FairScheduler } from '../scheduling/fair-scheduler.js';
import { SocketProtocol } from './websocket-protocol.js';
import { WriteBatcher } from '../scheduling/write-batcher.js';

/** Service restart (IANA registry of RFC 6455): the client should reconnect. */
const CLOSE_RESTART = 1012;
/** The largest message a client may send: 64 KiB. */
const MAX_MESSAGE_BYTES = 65_536;
/** How much may wait to be sent to a client that goes on asking: 1 MiB. */
const MAX_UNSENT_BYTES = 1_048_576;
/** How long a client has to answer a close if its operations use up the rest of the drain, or to close a connection whose upgrade was rejected: 1 s. */
const CLOSING_MS = 1_000;
/** Deadline for `connection_init`: 5 s, then 4408. */
const INIT_TIMEOUT_MS = 5_000;

export interface WebSocketOptions
  extends Omit<SessionOptions, 'closer'>, Omit<SocketOperationsOptions, 'sessions' | 'closer' | 'inFlight' | 'scheduler'> {
  readonly path: string;
  /** Whether the page that asks may have a socket. */
  readonly isAllowedOrigin: (request: IncomingMessage) => boolean;
  readonly initTimeoutMs?: number | undefined;
  readonly heartbeatMs?: number | undefined;
}

export interface WebSockets {
  readonly count: number;
  /** Rejects new sockets from now on, with 503. */
  stopAccepting(): void;
  /**
   * Closes the open ones with 1012, spread evenly over `spreadMs`, each once its queries and mutations are answered. What takes longer than `graceMs`, also for the client to
   * answer, is cut off.
   */
  close(spreadMs: number, graceMs: number): Promise<void>;
}

/** Serves `graphql-transport-ws` on the HTTP server's upgrades. */
export function serveWebSockets(server: Server, options: WebSocketOptions): WebSockets {
  const { path, logger, rateLimits, findAddress, initTimeoutMs = INIT_TIMEOUT_MS } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) && GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  const closer = new ReconnectCloser();
  const sessions = new SocketSessions({ ...options, closer });
  const writes = new WriteBatcher();
  /** To be let in, and to be sent what was missed. */
  const [admissions, scheduler] = [new FairScheduler(), new FairScheduler()];
  const incoming = new InboundThrottle();
  const inFlight = new InFlightOperations();
  const operations = new SocketOperations({ ...options, sessions, closer, inFlight, scheduler });
  let draining = false;

  /** Speaks the protocol on a socket that was opened. */
  const serve = (socket: WebSocket, request: IncomingMessage) => {
    // What a client breaks (1009, say) ws answers by itself.
    socket.on('error', (error) => logger.debug({ error }, 'socket error'));
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
      return;
    }
    let viewer = ANONYMOUS;
    const protocol = new SocketProtocol(socket, {
      wire: { socket, tcp: request.socket, writes },
      logger,
      initTimeoutMs,
      connect: async (params) => {
        const opened = await sessions.open(socket, request, params);
        viewer = opened ?? ANONYMOUS;
        closer.register(socket, params, (reason) => protocol.endSubscriptions(reason));
        return opened !== null;
      },
      start: (operation, payload, running) => operations.start(operation, payload, running, { viewer, socket, request }),
    });
    new SocketHeartbeat(socket, () => protocol.sendBookmarks(), options.heartbeatMs);
    admitFairly(socket, admissions);
    incoming.attach(request.socket);
    socket.on('message', () => {
      if (socket.bufferedAmount > MAX_UNSENT_BYTES)
        socket.close(CLOSE_TRY_AGAIN, 'Slow consumer: read the responses before sending more requests');
    });
  };

  const findExceededRate = async (request: IncomingMessage) => {
    const use = await rateLimits.address(findAddress(request));
    if (use === null || use.allowed) return null;
    return `429 Too Many Requests\r\nretry-after: ${Math.ceil(use.retryAfterMs / 1_000)}`;
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const unfit = findRejection(request, path, options) ?? (await findExceededRate(request));
    const status = draining ? '503 Service Unavailable' : unfit;
    if (status === null) sockets.handleUpgrade(request, socket, head, serve);
    else rejectUpgrade(socket, status);
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // From here on Node has no listener of its own: a reset by the client, at any time, would be an uncaught error.
    socket.on('error', () => undefined);
    upgrade(request, socket, head).catch((error: unknown) => {
      logger.error({ error }, 'internal error');
      socket.destroy();
    });
  });

  return {
    get count() {
      return sockets.clients.size;
    },
    stopAccepting() {
      draining = true;
    },
    async close(spreadMs, graceMs) {
      await closeSpread([...sockets.clients], { spreadMs, graceMs, inFlight, closer });
      sockets.close();
    },
  };
}

/** Answers, and closes the connection soon, whatever the client does: the HTTP server does not count it any more, but waits for it when it stops. */
function rejectUpgrade(socket: Duplex, status: string): void {
  const timer = setTimeout(() => socket.destroy(), CLOSING_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume().end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Why a socket is not opened. Null if it is. */
function findRejection(request: IncomingMessage, path: string, { isAllowedOrigin }: WebSocketOptions): string | null {
  if (plainPath(request.url ?? '', new Set([path])).split('?')[0] !== path) return '404 Not Found';
  return isAllowedOrigin(request) ? null : '403 Forbidden';
}

interface Closing {
  readonly spreadMs: number;
  readonly graceMs: number;
  readonly inFlight: InFlightOperations;
  readonly closer: ReconnectCloser;
}

/** Closes sockets one after the other, so that their clients do not all reconnect in the same moment. */
async function closeSpread(sockets: readonly WebSocket[], closing: Closing): Promise<void> {
  await Promise.all(sockets.map((socket, index) => closeOne(socket, (index * closing.spreadMs) / sockets.length, closing)));
}

async function closeOne(socket: WebSocket, delayMs: number, { graceMs, inFlight, closer }: Closing): Promise<void> {
  const closed = new Promise<unknown>((resolve) => socket.once('close', resolve));
  const close = () => closer.close(socket, CLOSE_RESTART, 'Server restarting: reconnect', RESTARTING);
  const begin = () => void inFlight.end(socket).then(close);
  const timers = [
    setTimeout(close, delayMs + Math.max(graceMs - CLOSING_MS, graceMs / 2)),
    setTimeout(() => socket.terminate(), delayMs + graceMs),
    ...(delayMs > 0 ? [setTimeout(begin, delayMs)] : []),
  ];
  if (delayMs === 0) begin();
  await closed;
  for (const timer of timers) clearTimeout(timer);
}
