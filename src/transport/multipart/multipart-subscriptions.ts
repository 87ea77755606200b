import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Caller, RequestContext } from '../../context.js';
import type { Alarm } from '../../domain/alarm.js';
import { RateLimitedError } from '../../domain/errors.js';
import type { Logger } from '../../observability/logger.js';
import type { Metrics } from '../../observability/metrics.js';
import type { DeliveryStream } from '../delivery-stream.js';
import { CheckedDocument } from '../documents.js';
import type { Documents } from '../documents.js';
import { viewerOf } from '../authenticate.js';
import { MAX_CONNECTIONS } from '../limits/open-connections.js';
import type { OpenConnections } from '../limits/open-connections.js';
import { inGraphQL } from '../limits/rate-limit-hooks.js';
import { subscribeOperation } from '../subscriptions.js';
import { acceptsMultipart } from './accepts-multipart.js';
import { BOUNDARY, MultipartStream } from './multipart-stream.js';
import type { Results } from './multipart-stream.js';

/** As often as `graphql-ws` pings its sockets: 12 s. */
const HEARTBEAT_MS = 12_000;
/** How long a slow client may take for what was written before it was given up: 30 s, as `ws` has it. */
const LINGER_MS = 30_000;

const TOO_SLOW: GraphQLFormattedError = {
  message: 'Too slow: come back and resume after your last cursor.',
  extensions: { code: 'SLOW_CONSUMER' },
};
const RESTARTING: GraphQLFormattedError = {
  message: 'Restarting: come back and resume after your last cursor.',
  extensions: { code: 'RESTARTING' },
};
const EXPIRED: GraphQLFormattedError = {
  message: 'The token has expired: come back with another one and resume after your last cursor.',
  extensions: { code: 'UNAUTHENTICATED' },
};

export interface MultipartOptions {
  readonly schema: GraphQLSchema;
  readonly documents: Documents;
  readonly introspection: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly context: (caller: Caller) => RequestContext;
  /** For when tokens expire. */
  readonly alarm: Alarm;
  readonly connections: OpenConnections;
  readonly heartbeatMs?: number | undefined;
}

interface Operation {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

/** Subscriptions over Apollo's multipart HTTP protocol, for where WebSockets do not get through. */
export class MultipartSubscriptions {
  readonly #open = new Set<MultipartStream>();
  #draining = false;

  constructor(private readonly options: MultipartOptions) {}

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * Answers a request for a subscription that accepts multipart, and leaves every other one, and every document that is no good, to the handler behind. Only a body
   * of type JSON gets here as an object, which no page of another origin can send without having asked.
   */
  readonly hook: preHandlerHookHandler = (request, reply, done) => {
    const operation = this.#operationOf(request);
    if (operation === null) done();
    else if (this.#draining)
      void reply
        .code(503)
        .header('retry-after', '1')
        .send({ errors: [RESTARTING] });
    else this.#admit(operation, request, reply).catch((error: unknown) => reply.send(error));
  };

  /** Takes no more. */
  refuse(): void {
    this.#draining = true;
  }

  /** Ends those that are open with RESTARTING, spread evenly over `spreadMs`. Who does not take that within `graceMs` is cut off. */
  async close(spreadMs: number, graceMs: number): Promise<void> {
    const open = [...this.#open];
    await Promise.all(
      open.map(async (stream, index) => {
        await delay((index * spreadMs) / open.length);
        await endOne(stream, RESTARTING, graceMs);
      }),
    );
  }

  #operationOf(request: FastifyRequest): Operation | null {
    if (request.method !== 'POST' || !acceptsMultipart(request.headers.accept)) return null;
    const body = Object(request.body) as Record<string, unknown>;
    const { variables, operationName } = body;
    if (!isObjectOrNone(variables) || !(operationName == null || typeof operationName === 'string')) return null;
    const checked = this.options.documents.find(body);
    if (!(checked instanceof CheckedDocument)) return null;
    const operation = getOperationAST(checked.document, operationName);
    const isSubscription = operation?.operation === OperationTypeNode.SUBSCRIPTION;
    if (!isSubscription || this.options.documents.cost(checked, operation, variables) instanceof GraphQLError) return null;
    return { document: checked.document, variables: variables ?? undefined, operationName: operationName ?? undefined };
  }

  async #admit(operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const left = this.options.connections.take(viewerOf(request), request.ip);
    if (left === null) {
      void reply.code(429).header('cache-control', 'no-store').send(inGraphQL(tooManyConnections()));
      return;
    }
    try {
      const stream = await this.#answer(operation, request, reply);
      stream.once('close', left);
    } catch (error) {
      left();
      throw error;
    }
  }

  async #answer({ document, variables, operationName }: Operation, request: FastifyRequest, reply: FastifyReply): Promise<MultipartStream> {
    const { schema, logger, metrics, introspection, context, alarm, heartbeatMs = HEARTBEAT_MS } = this.options;
    const { id: requestId } = request;
    const viewer = viewerOf(request);
    let stream: MultipartStream | undefined = undefined;
    const contextValue = context({
      viewer,
      requestId,
      tooSlow: () => {
        metrics.slowConsumers.inc();
        logger.warn({ requestId }, 'slow consumer closed');
        // There is nothing yet to be slow at before the stream is there.
        if (stream !== undefined) void endOne(stream, TOO_SLOW, LINGER_MS);
      },
      expired: () => {
        if (stream !== undefined) void endOne(stream, EXPIRED, LINGER_MS);
      },
    });
    const args: ExecutionArgs = {
      schema,
      document,
      contextValue,
      ...(variables ? { variableValues: variables } : {}),
      ...(operationName ? { operationName } : {}),
    };
    const opened = new MultipartStream(
      resultsOf(await subscribeOperation(args, { requestId, logger, metrics, introspection })),
      heartbeatMs,
    );
    stream = opened;
    this.#open.add(opened);
    opened.once('close', () => this.#open.delete(opened));
    if (viewer.expiresAt !== null)
      opened.once(
        'close',
        alarm(viewer.expiresAt.getTime(), () => void endOne(opened, EXPIRED, LINGER_MS)),
      );
    if (this.#draining) opened.endBecause(RESTARTING);
    void reply
      .headers({
        'content-type': `multipart/mixed; boundary="${BOUNDARY}"; subscriptionSpec="1.0"`,
        'cache-control': 'no-store',
        // Nothing comes after it: a drain need not wait for the connection.
        connection: 'close',
        // Proxies of the nginx kind would gather parts before they pass them on.
        'x-accel-buffering': 'no',
      })
      .send(opened);
    return opened;
  }
}

const tooManyConnections = () =>
  new RateLimitedError(`More than ${MAX_CONNECTIONS} sockets and multipart subscriptions: close one and come back.`);

const isObjectOrNone = (value: unknown): value is Record<string, unknown> | null | undefined =>
  value == null || (typeof value === 'object' && !Array.isArray(value));

/** What is wrong with a subscription from the start is its only result. */
function resultsOf(subscribed: DeliveryStream | ExecutionResult): Results {
  return Symbol.asyncIterator in subscribed ? subscribed : one(subscribed);
}

async function* one(result: ExecutionResult): AsyncGenerator<ExecutionResult, void> {
  yield await Promise.resolve(result);
}

/** Resolves once it is closed. */
async function endOne(stream: MultipartStream, reason: GraphQLFormattedError, graceMs: number): Promise<void> {
  if (stream.closed) return;
  const closed = new Promise<unknown>((resolve) => stream.once('close', resolve));
  const cutOff = setTimeout(() => stream.destroy(), graceMs);
  stream.endBecause(reason);
  await closed;
  clearTimeout(cutOff);
}
