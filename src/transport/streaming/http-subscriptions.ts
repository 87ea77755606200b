import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { ExecutionArgs, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Caller } from '../../context/caller.js';
import type { RequestContext } from '../../context/request-context.js';
import type { ScheduleAt } from '../../domain/schedule-at.js';
import { RateLimitedError } from '../../domain/errors.js';
import type { Logger } from '../../observability/logger.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Span, Tracing } from '../../observability/tracing.js';
import type { Execute } from '../execution/compiled-queries.js';
import type { DocumentCache } from '../documents/document-cache.js';
import { readViewer } from '../http/auth-hook.js';
import { endRequestSpan } from '../http/trace-requests.js';
import type { OpenConnections } from '../limits/open-connections.js';
import { graphqlErrorFormat } from '../limits/rate-limit-hooks.js';
import { EXPIRED, RESTARTING, TOO_SLOW } from '../execution/end-reasons.js';
import { ResultDelivery } from '../execution/result-delivery.js';
import { sharingKey } from '../execution/shared-results.js';
import { openSubscription } from '../execution/subscriptions.js';
import { operationAttributes } from '../execution/trace-operation.js';
import { FairScheduler } from '../scheduling/fair-scheduler.js';
import { requestedSubscription } from './requested-subscription.js';
import type { RequestedSubscription } from './requested-subscription.js';
import { SubscriptionStream } from './subscription-stream.js';

/** As often as sockets are pinged: 12 s. */
const HEARTBEAT_MS = 12_000;
/** How long a slow client may take for what was written before its connection is closed: 30 s, as `ws` has it. */
const LINGER_MS = 30_000;

export interface HttpSubscriptionsOptions {
  readonly schema: GraphQLSchema;
  readonly documents: DocumentCache;
  readonly execute: Execute;
  readonly introspection: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly context: (caller: Caller) => RequestContext;
  /** Ends subscriptions when their tokens expire. */
  readonly scheduleAt: ScheduleAt;
  readonly connections: OpenConnections;
  readonly heartbeatMs?: number | undefined;
}

/** Subscriptions over HTTP responses, for networks that block WebSockets: Apollo's multipart protocol, and server-sent events. */
export class HttpSubscriptions {
  readonly #open = new Set<SubscriptionStream>();
  /** Shared by the subscriptions that catch up. */
  readonly #scheduler = new FairScheduler();
  #draining = false;

  constructor(private readonly options: HttpSubscriptionsOptions) {}

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Answers a request for a subscription that accepts one of the formats, and leaves every other one, and every invalid document, to the next handler. */
  readonly hook: preHandlerHookHandler = (request, reply, done) => {
    const requested = requestedSubscription(request, this.options.documents);
    if (requested === null) done();
    else if (this.#draining)
      void reply
        .code(503)
        .header('retry-after', '1')
        .send({ errors: [RESTARTING] });
    else this.#admit(requested, request, reply).catch((error: unknown) => reply.send(error));
  };

  /** Rejects new subscriptions from now on, with 503. */
  stopAccepting(): void {
    this.#draining = true;
  }

  /** Ends the open subscriptions with RESTARTING, spread evenly over `spreadMs`. A client that has not read that within `graceMs` is disconnected. */
  async close(spreadMs: number, graceMs: number): Promise<void> {
    const open = [...this.#open];
    await Promise.all(
      open.map(async (stream, index) => {
        await delay((index * spreadMs) / open.length);
        await endOne(stream, RESTARTING, graceMs);
      }),
    );
  }

  async #admit(requested: RequestedSubscription, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { connections } = this.options;
    const viewer = readViewer(request);
    const release = connections.acquire(viewer, request.ip);
    if (release === null) {
      const error = new RateLimitedError(connections.rejectionMessage(viewer));
      void reply.code(429).header('cache-control', 'no-store').send(graphqlErrorFormat(error));
      return;
    }
    const stream = this.#newStream(requested, request, reply);
    stream.once('close', release);
    try {
      await this.#startTraced(stream, requested, request);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    if (stream.destroyed) {
      // The client has disconnected: there is nobody to answer.
      reply.hijack();
      return;
    }
    void reply
      .headers({
        'content-type': requested.format.contentType,
        'cache-control': 'no-store',
        // The connection is not used again, so that a drain need not wait for it.
        connection: 'close',
        // nginx and the like would otherwise buffer the parts.
        'x-accel-buffering': 'no',
      })
      .send(stream);
    endRequestSpan(request, reply);
  }

  async #startTraced(stream: SubscriptionStream, requested: RequestedSubscription, request: FastifyRequest): Promise<void> {
    const { tracing } = this.options;
    const { definition } = requested;
    if (!tracing.enabled) return this.#start(stream, requested, request, null);
    const span = tracing.start(request.span, 'internal', definition.operation, operationAttributes(definition));
    await this.#start(stream, requested, request, span).finally(() => span.end());
  }

  /** The stream ends when the token expires, when the gateway stops, and when the client disconnects, even before the subscription has begun. */
  #newStream({ format }: RequestedSubscription, request: FastifyRequest, reply: FastifyReply): SubscriptionStream {
    const { scheduleAt, heartbeatMs = HEARTBEAT_MS } = this.options;
    const { expiresAt } = readViewer(request);
    const stream = new SubscriptionStream(format, heartbeatMs);
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    reply.raw.once('close', () => stream.destroy());
    if (expiresAt !== null)
      stream.once(
        'close',
        scheduleAt(expiresAt.getTime(), () => void endOne(stream, EXPIRED, LINGER_MS)),
      );
    return stream;
  }

  async #start(stream: SubscriptionStream, requested: RequestedSubscription, request: FastifyRequest, span: Span | null): Promise<void> {
    const { schema, logger, metrics, introspection, context, execute, tracing } = this.options;
    const { document, definition, variables, operationName } = requested;
    const { id: requestId } = request;
    const viewer = readViewer(request);
    const contextValue = context({
      viewer,
      requestId,
      span,
      onSlowConsumer: () => {
        metrics.slowConsumers.inc();
        logger.warn({ requestId }, 'slow consumer closed');
        void endOne(stream, TOO_SLOW, LINGER_MS);
      },
      onTokenExpired: () => void endOne(stream, EXPIRED, LINGER_MS),
    });
    const args: ExecutionArgs = {
      schema,
      document,
      contextValue,
      ...(variables ? { variableValues: variables } : {}),
      ...(operationName ? { operationName } : {}),
    };
    const key = sharingKey(schema, document, definition, variables ?? {}, viewer);
    const errorContext = { requestId, logger, metrics, introspection, span };
    const opened = await openSubscription(args, errorContext, {
      execute,
      scheduler: this.#scheduler,
      tracing,
      key,
      definition,
      sink: stream,
    });
    if (opened instanceof ResultDelivery) stream.carry(opened);
    else stream.answer(opened);
    if (this.#draining) stream.endBecause(RESTARTING);
  }
}

/** Resolves once it is closed. */
async function endOne(stream: SubscriptionStream, reason: GraphQLFormattedError, graceMs: number): Promise<void> {
  if (stream.closed) return;
  const closed = new Promise<unknown>((resolve) => stream.once('close', resolve));
  const timer = setTimeout(() => stream.destroy(), graceMs);
  stream.endBecause(reason);
  await closed;
  clearTimeout(timer);
}
