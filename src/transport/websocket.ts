import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, execute, getOperationAST } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { RequestContext } from '../context.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import type { Documents } from './documents.js';
import { maskedGraphQLError } from './mask-errors.js';
import { masked, subscribeOperation } from './subscriptions.js';

/** RFC 6455 and the IANA registry: the server restarts, come back; try again later. */
const CLOSE_RESTART = 1012;
const CLOSE_TRY_AGAIN = 1013;
/** The largest message a client may send: 64 KiB. */
const MAX_MESSAGE_BYTES = 65_536;

export interface WebSocketOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly path: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** `tooSlow` is to be called when the caller does not take its events fast enough. */
  readonly context: (requestId: string, tooSlow: () => void) => RequestContext;
}

export interface WebSockets {
  readonly count: number;
  /** Refuses new sockets and closes the open ones with 1012, spread evenly over `spreadMs`. Who does not answer that within `graceMs` is cut off. */
  close(spreadMs: number, graceMs: number): Promise<void>;
}

/** Serves `graphql-transport-ws` on the HTTP server's upgrades. */
export function serveWebSockets(server: Server, { schema, documents, path, logger, metrics, context }: WebSocketOptions): WebSockets {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const askerOf = (contextValue: unknown) => ({ requestId: (contextValue as RequestContext).requestId, logger, metrics });
  let draining = false;

  const protocol = useServer<Record<string, unknown>, { socket: WebSocket; request: IncomingMessage }>(
    {
      onSubscribe: (connection, _id, { query, variables, operationName }) => {
        const requestId = randomUUID();
        const asker = { requestId, logger, metrics };
        const checked = documents.check(query);
        if ('errors' in checked) return checked.errors.map((error) => maskedGraphQLError(error, checked.code, asker));
        if (!getOperationAST(checked.document, operationName)) return [unknownOperation()];
        const tooSlow = () => {
          metrics.slowConsumers.inc();
          logger.warn({ requestId }, 'slow consumer closed');
          connection.extra.socket.close(CLOSE_TRY_AGAIN, 'Too slow: come back and resume after your last cursor');
        };
        return {
          schema,
          document: checked.document,
          ...(variables ? { variableValues: variables } : {}),
          ...(operationName ? { operationName } : {}),
          contextValue: context(requestId, tooSlow),
        };
      },
      execute: async (args) => masked(await execute(args), askerOf(args.contextValue)),
      subscribe: (args) => subscribeOperation(args, askerOf(args.contextValue)),
      // Not to tell clients what went wrong inside.
      isProd: true,
    },
    sockets,
  );

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = draining ? '503 Service Unavailable' : request.url?.split('?')[0] === path ? null : '404 Not Found';
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request);
      // In the place of graphql-ws's own listener, which writes to the console. What a client breaks (1009, say) ws answers by itself.
      webSocket.removeAllListeners('error').on('error', (error) => logger.debug({ error }, 'socket fault'));
    });
  };
  server.on('upgrade', upgrade);

  return {
    get count() {
      return sockets.clients.size;
    },
    async close(spreadMs, graceMs) {
      draining = true;
      await closeSpread([...sockets.clients], spreadMs, graceMs);
      await protocol.dispose();
    },
  };
}

/** As over HTTP. */
const unknownOperation = () =>
  new GraphQLError('`operationName` must name one of the operations of the document.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

/** Closes sockets one after the other, so that their clients do not all come back in the same moment. */
async function closeSpread(sockets: readonly WebSocket[], spreadMs: number, graceMs: number): Promise<void> {
  await Promise.all(sockets.map((socket, index) => closeOne(socket, (index * spreadMs) / sockets.length, graceMs)));
}

async function closeOne(socket: WebSocket, delayMs: number, graceMs: number): Promise<void> {
  const closed = new Promise<unknown>((resolve) => socket.once('close', resolve));
  const close = setTimeout(() => socket.close(CLOSE_RESTART, 'Restarting: come back'), delayMs);
  const cutOff = setTimeout(() => socket.terminate(), delayMs + graceMs);
  await closed;
  clearTimeout(close);
  clearTimeout(cutOff);
}
