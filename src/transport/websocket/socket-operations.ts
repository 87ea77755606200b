import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { ExecutionArgs, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Viewer } from '../../auth/viewer.js';
import type { Caller } from '../../context/caller.js';
import type { RequestContext } from '../../context/request-context.js';
import { BadUserInputError, RateLimitedError } from '../../domain/errors.js';
import type { GatewayError } from '../../domain/errors.js';
import type { Logger } from '../../observability/logger.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Span, TraceCarrier, Tracing } from '../../observability/tracing.js';
import type { Execute } from '../execution/compiled-queries.js';
import { ValidDocument } from '../documents/document-cache.js';
import type { DocumentCache } from '../documents/document-cache.js';
import type { QueryCost } from '../documents/query-limits.js';
import { rateLimited } from '../limits/rate-limit-hooks.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { maskedGraphQLError } from '../execution/mask-errors.js';
import type { ErrorContext } from '../execution/mask-errors.js';
import type { InFlightOperations } from './in-flight-operations.js';
import { TOO_SLOW } from '../execution/end-reasons.js';
import { ResultDelivery } from '../execution/result-delivery.js';
import { sharingKey } from '../execution/shared-results.js';
import type { ReconnectCloser } from './reconnect-closer.js';
import type { SocketOperation } from './socket-operation.js';
import { CLOSE_TRY_AGAIN } from './socket-sessions.js';
import type { SocketSessions } from './socket-sessions.js';
import { masked, openSubscription } from '../execution/subscriptions.js';
import { recordErrors, recordOperation } from '../execution/trace-operation.js';
import type { FairScheduler } from '../scheduling/fair-scheduler.js';

/** How many operations may run on one socket in parallel. */
const MAX_OPERATIONS = 20;

export interface SocketOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentCache;
  readonly execute: Execute;
  readonly introspection: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly context: (caller: Caller) => RequestContext;
  readonly rateLimits: RateLimits;
  /** Where a client is: the address that a trusted proxy forwards, else the peer's. */
  readonly findAddress: (request: IncomingMessage) => string;
  readonly sessions: SocketSessions;
  readonly closer: ReconnectCloser;
  readonly inFlight: InFlightOperations;
  /** Of those who are sent what they missed. */
  readonly scheduler: FairScheduler;
}

/** Who asks for an operation, and over which socket. */
export interface Session {
  readonly viewer: Viewer;
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** An operation that may be executed. */
interface Checked {
  readonly definition: OperationDefinitionNode;
  readonly cost: QueryCost;
  readonly args: ExecutionArgs;
}

/** Checks the operations that clients ask for on their sockets, and starts them. */
export class SocketOperations {
  constructor(private readonly options: SocketOperationsOptions) {}

  /** @param running how many there are on this socket, this one included */
  async start(operation: SocketOperation, payload: SubscribePayload, running: number, session: Session): Promise<void> {
    const { tracing } = this.options;
    // Of a subscription, until it has begun: it may last for days.
    if (!tracing.enabled) return this.#start(operation, payload, running, session, null);
    const span = tracing.startRequest('graphql', toCarrier(payload), { 'network.protocol.name': 'websocket' });
    await this.#start(operation, payload, running, session, span).finally(() => span.end());
  }

  async #start(operation: SocketOperation, payload: SubscribePayload, running: number, session: Session, span: Span | null): Promise<void> {
    const { introspection, logger, metrics, inFlight } = this.options;
    const errorContext = { requestId: randomUUID(), introspection, logger, metrics, span };
    const checked = await this.#check(payload, running, session, errorContext);
    if (checked instanceof Array) {
      recordErrors(span, checked);
      operation.reject(checked);
    }
    // Not begun and not rejected: clients send it again when the socket is closed, which is about to happen.
    else if (inFlight.isEnding(session.socket) || operation.isOver) return;
    else if (checked.definition.operation === OperationTypeNode.SUBSCRIPTION)
      await this.#subscribe(operation, checked, session, errorContext);
    else await this.#execute(operation, checked, session, errorContext);
  }

  async #check(
    payload: SubscribePayload,
    running: number,
    session: Session,
    errorContext: ErrorContext,
  ): Promise<Checked | GraphQLError[]> {
    const { documents } = this.options;
    const { variables, operationName } = payload;
    const reject = (error: GatewayError) => [maskedGraphQLError(toGraphQLError(error), null, errorContext)];
    if (running > MAX_OPERATIONS) return reject(new RateLimitedError(`A socket may run ${MAX_OPERATIONS} operations in parallel.`));
    const excess = await this.#findExcess(session);
    if (excess !== null) return reject(rateLimited(excess));
    const found = documents.find(payload);
    if (found === null) return reject(new BadUserInputError('`query` is empty.'));
    if (!(found instanceof ValidDocument)) return found.errors.map((error) => maskedGraphQLError(error, found.code, errorContext));
    const definition = getOperationAST(found.document, operationName);
    if (!definition) return [unknownOperation()];
    recordOperation(errorContext.span ?? null, definition);
    const cost = documents.cost(found, definition, variables);
    if (cost instanceof GraphQLError) return [maskedGraphQLError(cost, null, errorContext)];
    const args: ExecutionArgs = {
      schema: this.options.schema,
      document: found.document,
      ...(variables ? { variableValues: variables } : {}),
      ...(operationName ? { operationName } : {}),
      contextValue: this.#createContext(session, errorContext),
    };
    return { definition, cost, args };
  }

  async #execute(operation: SocketOperation, { args, cost }: Checked, { socket }: Session, errorContext: ErrorContext): Promise<void> {
    const { inFlight, execute } = this.options;
    try {
      const result = masked(await inFlight.run(socket, async () => execute(args)), errorContext);
      recordErrors(errorContext.span ?? null, result.errors);
      operation.answer({ ...result, extensions: { ...result.extensions, cost } });
    } finally {
      (args.contextValue as RequestContext).release();
    }
  }

  async #subscribe(
    operation: SocketOperation,
    { args, definition }: Checked,
    { viewer }: Session,
    errorContext: ErrorContext,
  ): Promise<void> {
    const { execute, scheduler, tracing } = this.options;
    const key = sharingKey(args.schema, args.document, definition, args.variableValues ?? {}, viewer);
    const opened = await openSubscription(args, errorContext, { execute, scheduler, tracing, key, definition, sink: operation });
    if (opened instanceof ResultDelivery) operation.carry(opened);
    else operation.answer(opened);
  }

  /** An operation counts like a request. */
  async #findExcess({ request, viewer }: Session) {
    const { rateLimits, findAddress } = this.options;
    const uses = [await rateLimits.address(findAddress(request)), await rateLimits.viewer(viewer)];
    return uses.find((use) => use?.allowed === false) ?? null;
  }

  #createContext({ viewer, socket }: Session, { requestId, span = null }: ErrorContext): RequestContext {
    const { context, metrics, logger, sessions, closer } = this.options;
    const onSlowConsumer = () => {
      metrics.slowConsumers.inc();
      logger.warn({ requestId }, 'slow consumer closed');
      closer.close(socket, CLOSE_TRY_AGAIN, 'Slow consumer: reconnect and resume from the last cursor', TOO_SLOW);
    };
    return context({ viewer, requestId, span, onSlowConsumer, onTokenExpired: () => sessions.expire(socket) });
  }
}

/** Sockets have no headers of their own for each operation: clients and routers put `traceparent` into `extensions`, or into `headers` there. */
function toCarrier({ extensions }: SubscribePayload): TraceCarrier {
  const { headers } = extensions ?? {};
  return { ...(Object(headers) as TraceCarrier), ...extensions };
}

const toGraphQLError = (originalError: GatewayError) => new GraphQLError(originalError.message, { originalError });

/** As over HTTP. */
const unknownOperation = () =>
  new GraphQLError('`operationName` must name one of the operations of the document.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
