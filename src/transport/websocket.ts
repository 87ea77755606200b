import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, getOperationAST } from 'graphql';
import type { ExecutionArgs, GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { ANONYMOUS } from '../auth/viewer.js';
import type { Viewer } from '../auth/viewer.js';
import type { Caller, RequestContext } from '../context.js';
import { BadUserInputError, RateLimitedError } from '../domain/errors.js';
import type { GatewayError } from '../domain/errors.js';
import type { Metrics } from '../observability/metrics.js';
import { admitInTurns } from './admission.js';
import type { Execute } from './compiled-queries.js';
import { CheckedDocument } from './documents.js';
import type { Documents } from './documents.js';
import { Incoming } from './incoming.js';
import type { QueryCost } from './limits/query-limits.js';
import { rateLimited } from './limits/rate-limit-hooks.js';
import type { RateLimits } from './limits/rate-limits.js';
import { maskedGraphQLError } from './mask-errors.js';
import { resultsTo } from './next-messages.js';
import type { SendResult } from './next-messages.js';
import { OperationsUnderWay } from './operations-under-way.js';
import { plainPath } from './plain-path.js';
import { sharingKey } from './shared-results.js';
import { CLOSE_TRY_AGAIN, SocketSessions } from './socket-sessions.js';
import type { SessionOptions } from './socket-sessions.js';
import { masked, shareOperation } from './subscriptions.js';
import { Turns } from './turns.js';
import { WritesOfATurn } from './writes-of-a-turn.js';

/** RFC 6455 and the IANA registry: the server restarts, come back. */
const CLOSE_RESTART = 1012;
/** The largest message a client may send: 64 KiB. */
const MAX_MESSAGE_BYTES = 65_536;
/** How many operations may run on one socket at once. */
const MAX_OPERATIONS = 20;
/** How much may wait to be sent to a client that goes on asking: 1 MiB. */
const MAX_UNSENT_BYTES = 1_048_576;
/** What a client is left to answer a close, where operations take all the time that there is: 1 s. */
const CLOSING_MS = 1_000;
/** How long a client may take to say who it is: 5 s, then 4408. */
const INIT_TIMEOUT_MS = 5_000;

export interface WebSocketOptions extends SessionOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly execute: Execute;
  readonly path: string;
  readonly introspection: boolean;
  readonly metrics: Metrics;
  readonly context: (caller: Caller) => RequestContext;
  /** Whether the page that asks may have a socket. */
  readonly isAllowedOrigin: (request: IncomingMessage) => boolean;
  readonly initTimeoutMs?: number | undefined;
  readonly rateLimits: RateLimits;
}

/** What graphql-ws keeps with each socket. */
interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** Null until the client has said who it is. */
  viewer?: Viewer | null;
}

/** What an operation is executed with, and what its results need. */
interface OperationArgs extends ExecutionArgs {
  readonly cost: QueryCost;
  readonly key: string;
  readonly socket: WebSocket;
  readonly send: SendResult;
}

export interface WebSockets {
  readonly count: number;
  /** Refuses new sockets from now on, with 503. */
  refuse(): void;
  /**
   * Closes the open ones with 1012, spread evenly over `spreadMs`, each once its queries and mutations are answered. What takes longer than `graceMs`, also for the client to
   * answer, is cut off.
   */
  close(spreadMs: number, graceMs: number): Promise<void>;
}

/** Serves `graphql-transport-ws` on the HTTP server's upgrades. */
export function serveWebSockets(server: Server, options: WebSocketOptions): WebSockets {
  const { schema, documents, execute, path, logger, metrics, introspection, context } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const sessions = new SocketSessions(options);
  const reporting = { logger, metrics, introspection };
  const askerOf = (contextValue: unknown) => ({ requestId: (contextValue as RequestContext).requestId, ...reporting });
  const { rateLimits, addressOf } = options;
  /** An operation counts like a request. */
  const refusedUse = async ({ request, viewer }: Extra) => {
    const uses = [await rateLimits.address(addressOf(request)), await rateLimits.viewer(viewer ?? ANONYMOUS)];
    return uses.find((use) => use?.allowed === false) ?? null;
  };
  const writes = new WritesOfATurn();
  /** To be let in, and to be sent what was missed. */
  const [admissions, turns] = [new Turns(), new Turns()];
  const incoming = new Incoming();
  const underWay = new OperationsUnderWay();
  let draining = false;

  const protocol = useServer<Record<string, unknown>, Extra>(
    {
      connectionInitWaitTimeout: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
      onConnect: async ({ extra, connectionParams }) => {
        extra.viewer = await sessions.open(extra.socket, extra.request, connectionParams);
        return extra.viewer !== null;
      },
      onSubscribe: async ({ extra, subscriptions }, id, payload) => {
        const { variables, operationName } = payload;
        const requestId = randomUUID();
        const asker = { requestId, ...reporting };
        if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [maskedGraphQLError(tooManyOperations(), null, asker)];
        const tooMany = await refusedUse(extra);
        if (tooMany !== null) return [maskedGraphQLError(toGraphQLError(rateLimited(tooMany)), null, asker)];
        const checked = documents.find(payload);
        if (checked === null) return [maskedGraphQLError(toGraphQLError(new BadUserInputError('`query` is empty.')), null, asker)];
        if (!(checked instanceof CheckedDocument)) return checked.errors.map((error) => maskedGraphQLError(error, checked.code, asker));
        const operation = getOperationAST(checked.document, operationName);
        if (!operation) return [unknownOperation()];
        const cost = documents.cost(checked, operation, variables);
        if (cost instanceof GraphQLError) return [maskedGraphQLError(cost, null, asker)];
        // Not begun and not refused: clients send it again when the socket is closed, which is about to happen.
        if (underWay.isEnding(extra.socket)) return new Promise<never>(() => undefined);
        const tooSlow = () => {
          metrics.slowConsumers.inc();
          logger.warn({ requestId }, 'slow consumer closed');
          extra.socket.close(CLOSE_TRY_AGAIN, 'Too slow: come back and resume after your last cursor');
        };
        const expired = () => sessions.expire(extra.socket);
        const viewer = extra.viewer ?? ANONYMOUS;
        const args: OperationArgs = {
          schema,
          document: checked.document,
          ...(variables ? { variableValues: variables } : {}),
          ...(operationName ? { operationName } : {}),
          contextValue: context({ viewer, requestId, tooSlow, expired }),
          cost,
          key: sharingKey(checked.document, operation, variables ?? {}, viewer.rightsKey),
          socket: extra.socket,
          send: resultsTo(extra.socket, extra.request.socket, id, writes),
        };
        return args;
      },
      execute: async (args) => {
        const { cost, socket } = args as OperationArgs;
        const result = masked(await underWay.run(socket, async () => execute(args)), askerOf(args.contextValue));
        return { ...result, extensions: { ...result.extensions, cost } };
      },
      subscribe: (args) => {
        const { key, send } = args as OperationArgs;
        return shareOperation(args, askerOf(args.contextValue), { execute, turns, key, send });
      },
      // Not to tell clients what went wrong inside.
      isProd: true,
    },
    sockets,
  );

  const refusedByRate = async (request: IncomingMessage, socket: Duplex) => {
    const ignore = () => undefined;
    socket.on('error', ignore);
    const use = await rateLimits.address(addressOf(request));
    socket.off('error', ignore);
    if (use === null || use.allowed) return null;
    return `429 Too Many Requests\r\nretry-after: ${Math.ceil(use.retryAfterMs / 1_000)}`;
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const unfit = refusalOf(request, path, options) ?? (await refusedByRate(request, socket));
    const refusal = draining ? '503 Service Unavailable' : unfit;
    if (refusal !== null) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request);
      // In the place of graphql-ws's own listener, which writes to the console. What a client breaks (1009, say) ws answers by itself.
      webSocket.removeAllListeners('error').on('error', (error) => logger.debug({ error }, 'socket fault'));
      admitInTurns(webSocket, admissions);
      incoming.watch(socket);
      webSocket.on('message', () => {
        if (webSocket.bufferedAmount > MAX_UNSENT_BYTES)
          webSocket.close(CLOSE_TRY_AGAIN, 'Too slow: read the answers before you go on asking');
      });
    });
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head));

  return {
    get count() {
      return sockets.clients.size;
    },
    refuse() {
      draining = true;
    },
    async close(spreadMs, graceMs) {
      await closeSpread([...sockets.clients], { spreadMs, graceMs, underWay });
      await protocol.dispose();
    },
  };
}

/** Why a socket is not opened; null: it is. */
function refusalOf(request: IncomingMessage, path: string, { isAllowedOrigin }: WebSocketOptions): string | null {
  if (plainPath(request.url ?? '', new Set([path])).split('?')[0] !== path) return '404 Not Found';
  return isAllowedOrigin(request) ? null : '403 Forbidden';
}

const toGraphQLError = (originalError: GatewayError) => new GraphQLError(originalError.message, { originalError });

const tooManyOperations = () => toGraphQLError(new RateLimitedError(`A socket takes ${MAX_OPERATIONS} operations at once.`));

/** As over HTTP. */
const unknownOperation = () =>
  new GraphQLError('`operationName` must name one of the operations of the document.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

interface Closing {
  readonly spreadMs: number;
  readonly graceMs: number;
  readonly underWay: OperationsUnderWay;
}

/** Closes sockets one after the other, so that their clients do not all come back in the same moment. */
async function closeSpread(sockets: readonly WebSocket[], closing: Closing): Promise<void> {
  await Promise.all(sockets.map((socket, index) => closeOne(socket, (index * closing.spreadMs) / sockets.length, closing)));
}

async function closeOne(socket: WebSocket, delayMs: number, { graceMs, underWay }: Closing): Promise<void> {
  const closed = new Promise<unknown>((resolve) => socket.once('close', resolve));
  const close = () => socket.close(CLOSE_RESTART, 'Restarting: come back');
  const begin = () => void underWay.end(socket).then(close);
  const timers = [
    setTimeout(close, delayMs + Math.max(graceMs - CLOSING_MS, graceMs / 2)),
    setTimeout(() => socket.terminate(), delayMs + graceMs),
    ...(delayMs > 0 ? [setTimeout(begin, delayMs)] : []),
  ];
  if (delayMs === 0) begin();
  await closed;
  for (const timer of timers) clearTimeout(timer);
}
