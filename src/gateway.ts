import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import proxyAddr from '@fastify/proxy-addr';
import { CustomerTokens } from './auth/customer-tokens.js';
import { Tickets } from './auth/tickets.js';
import { authenticatorOf } from './composition/create-authenticator.js';
import { isSimulated } from './config.js';
import type { Config, RealUpstream } from './config.js';
import { RequestContext } from './context/request-context.js';
import type { Caller, Services } from './context/request-context.js';
import { BytesInFlight } from './datasources/upstream/bytes-in-flight.js';
import type { ChatApi } from './datasources/chat-api.js';
import type { UpstreamClientOptions } from './datasources/upstream/upstream-client.js';
import { ResiliencePolicy } from './datasources/upstream/resilience-policy.js';
import type { UpstreamGuardOptions } from './datasources/upstream/resilience-policy.js';
import { timerScheduler } from './domain/schedule-at.js';
import type { ScheduleAt } from './domain/schedule-at.js';
import type { Clock } from './domain/clock.js';
import { MessageHistory } from './events/history/message-history.js';
import { IdempotentExecutor } from './events/jobs/idempotent-executor.js';
import { Projections } from './events/history/projections.js';
import { SETTLE_HORIZON_MS, InteractionEndDetector } from './events/jobs/interaction-end-detector.js';
import { startExpiry } from './events/jobs/retention-job.js';
import { timedAppends } from './events/jobs/with-append-metrics.js';
import { TypingEnds } from './events/jobs/typing-ends.js';
import { createLogger } from './observability/logger.js';
import type { Logger } from './observability/logger.js';
import { Metrics } from './observability/metrics.js';
import { buildSchema } from './resolvers/build-schema.js';
import type { Simulator } from './simulator/simulator.js';
import { openStores } from './composition/open-stores.js';
import type { Stores } from './composition/open-stores.js';
import { isAllowedOrigin } from './transport/http/allowed-origin.js';
import { attachmentRoutes } from './transport/http/attachment-routes.js';
import { CompiledQueries } from './transport/execution/compiled-queries.js';
import { DocumentCache } from './transport/documents/document-cache.js';
import { drain } from './transport/http/drain.js';
import { healthRoutes, reportingHealth } from './transport/http/health.js';
import { plainAddress } from './transport/limits/plain-address.js';
import { RateLimits } from './transport/limits/rate-limits.js';
import type { Quotas } from './transport/limits/rate-limits.js';
import { AutomaticPersistedQueries, TrustedDocuments } from './transport/documents/persisted-documents.js';
import type { DocumentSource } from './transport/documents/persisted-documents.js';
import { metricsRoute } from './transport/http/metrics-route.js';
import { createHttp } from './transport/http/create-http.js';
import { namedPlugin } from './transport/http/named-plugin.js';
import { OpenConnections } from './transport/limits/open-connections.js';
import { HttpSubscriptions } from './transport/streaming/http-subscriptions.js';
import { serveWebSockets } from './transport/websocket/websocket.js';
import { createChatApi, createEchoSynthesizer, startSimulator } from './composition/create-upstream.js';
import { UpstreamHealthMonitor } from './composition/upstream-health.js';
import { VERSION } from './version.js';
import { ClockWatch } from './webhooks/clock-watch.js';
import { WEBHOOK_PATH, webhookRoute } from './webhooks/route.js';
import { createSigningKeys } from './webhooks/signing-keys.js';

const GRAPHQL_PATH = '/graphql';
/** What other systems are configured with, often with a slash behind. */
const PLAIN_PATHS: ReadonlySet<string> = new Set([GRAPHQL_PATH, WEBHOOK_PATH, '/healthz', '/readyz', '/metrics']);
/** Of the demo chat, once built. This file lies in a folder of the project's root, as `src`, `build` or `dist`. */
const DEMO_DIRECTORY = fileURLToPath(new URL('../examples/web-chat/dist', import.meta.url));
/** How long the log is given to close where a drain has taken all its time: 2 s. */
const LOG_CLOSE_MS = 2_000;

/** Where the gateway is reached. */
export interface Addresses {
  readonly url: string;
  readonly graphqlUrl: string;
  readonly wsUrl: string;
  readonly webhookUrl: string;
}

export interface Gateway {
  /** Opens the port; resolves once requests are answered. */
  listen(): Promise<Addresses>;
  /** Drains: not ready, for the notice; sockets closed over a spread; requests in flight finished; log closed. */
  close(): Promise<void>;
  /** The simulated contact centre behind it; null on a real one. */
  readonly simulator: Simulator | null;
}

/** What tests put in the place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  /** Rings when tokens expire. */
  readonly alarm?: ScheduleAt;
  readonly logger?: Logger;
  readonly settleDelaysMs?: readonly number[];
  readonly upstreamTimeoutMs?: number;
  /** How the upstream is guarded. */
  readonly upstreamGuard?: Partial<UpstreamGuardOptions>;
  /** What carries the calls to the upstream. */
  readonly upstreamAdapter?: UpstreamClientOptions['adapter'];
  /** How long an upload or a download may stand still. */
  readonly idleTimeoutMs?: number;
  /** What is remembered, and where, instead of what the settings name. */
  readonly stores?: Stores;
  /** After how many executions a document is compiled: 0 for at once, Infinity for never. */
  readonly compiledAfter?: number;
  /** How many events may wait for one subscriber. */
  readonly queueLimit?: number;
  /** How long nothing may be sent over a subscription. */
  readonly heartbeatMs?: number;
  /** How long somebody counts as typing without word that they stopped. */
  readonly typingTtlMs?: number;
  /** How long a client may take to say who it is on a socket. */
  readonly initTimeoutMs?: number;
  /** How long the body of a request may take to arrive. */
  readonly bodyTimeoutMs?: number;
}

/** Puts the parts together. Rejects when the event log cannot be opened. */
export async function createGateway(config: Config, overrides: Overrides = {}): Promise<Gateway> {
  const { clock = Date.now, logger = createLogger(config.logLevel) } = overrides;
  const opening =
    overrides.stores === undefined ? openStores(config, { clock, queueLimit: overrides.queueLimit }) : Promise.resolve(overrides.stores);
  const simulated = isSimulated(config.upstream) ? await startSimulator(config.upstream, config.simulatorFaults) : null;
  const upstream = simulated?.upstream ?? (config.upstream as RealUpstream);
  const metrics = new Metrics();
  const health = new UpstreamHealthMonitor(logger, clock, metrics);
  const guard = new ResiliencePolicy({
    clock: Date.now,
    inFlight: config.upstreamCalls.inFlight,
    ...overrides.upstreamGuard,
    onCircuit: (open) => logger.warn({ open }, open ? 'upstream down: not called until it answers a probe' : 'upstream back'),
    onBusy: (busy) =>
      logger.warn({ busy }, busy ? 'upstream busy: more calls wait than it answers, some are turned away' : 'upstream no longer busy'),
    onRetry: () => metrics.upstreamRetries.inc(),
  });
  const api = createChatApi(upstream, {
    clock,
    onCall: (report) => health.record(report),
    guard,
    timeoutMs: config.upstreamCalls.timeoutMs,
    ...(overrides.upstreamAdapter === undefined ? {} : { adapter: overrides.upstreamAdapter }),
    ...(overrides.upstreamTimeoutMs === undefined ? {} : { timeoutMs: overrides.upstreamTimeoutMs }),
    ...(overrides.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: overrides.idleTimeoutMs }),
  });
  const schema = buildSchema();
  const stores = await opening.catch(async (error: unknown) => {
    await simulated?.simulator.close();
    throw error;
  });
  let reachedAt = config.publicUrl ?? '';
  const { log } = stores;
  for (const note of (await log.health()).warnings) logger.warn({ note }, 'the event log is weak');
  const echoes = createEchoSynthesizer(api, { log, clock, logger, onAppended: (appended) => settler.note(appended) });
  const services: Services = {
    ...servicesOf(api, stores, new CustomerTokens(config.auth, clock), clock, () => reachedAt),
    echoes,
    requestTimeoutMs: config.requestTimeoutMs,
    bytesInFlight: config.auth.mode === 'off' ? null : new BytesInFlight(),
  };
  const settler = settlerOf(services, logger, overrides);
  const authenticator = await authenticatorOf(config, clock, logger);
  const contextOf = (caller: Caller) => new RequestContext(services, caller);

  const queries = new CompiledQueries(overrides.compiledAfter);
  if (overrides.compiledAfter === 0) await queries.load();
  const { execute } = queries;
  let draining = false;
  let expiry: NodeJS.Timeout | undefined;
  const alarm = overrides.alarm ?? timerScheduler(clock);
  const { introspection } = config;
  const documents = new DocumentCache({ schema, introspection, source: sourceOf(config) });
  const isTrusted = proxyAddr.compile([...config.trustProxy]);
  const isTrustedProxy = (address: string, hop: number) => isTrusted(plainAddress(address), hop);
  const rateLimits = new RateLimits(stores.rateLimits, quotasOf(config), logger);
  const graphql = {
    rateLimits,
    schema,
    introspection,
    documents,
    queries,
    execute,
    logger,
    metrics,
    authenticator,
    context: contextOf,
    alarm,
    connections: new OpenConnections(config.auth.mode === 'jwt' ? config.connectionLimit : null),
    path: GRAPHQL_PATH,
  };
  const streams = new HttpSubscriptions({ ...graphql, heartbeatMs: overrides.heartbeatMs });
  const app = await createHttp({
    ...graphql,
    corsOrigins: config.corsOrigins,
    isTrustedProxy,
    plainPaths: PLAIN_PATHS,
    https: config.publicUrl?.startsWith('https:') === true,
    draining: () => draining,
    beforeApollo: streams.hook,
    bodyTimeoutMs: overrides.bodyTimeoutMs,
  });
  healthRoutes(app, {
    log: reportingHealth(() => log.health(), logger),
    upstream: () => ({ ...health.snapshot, circuitOpen: guard.stats().circuitOpen }),
    draining: () => draining,
  });
  metricsRoute(app, metrics);
  const typing = new TypingEnds({ log, clock, ttlMs: overrides.typingTtlMs });
  await app.register(namedPlugin('webhooks', webhookRoute), {
    log: { ...timedAppends(log, metrics), publish: (event) => typing.publish(event) },
    keys: createSigningKeys({ fetchJwk: (kid) => api.signingKey(kid), clock }),
    clock,
    tenantId: upstream.tenantId,
    customerId: upstream.customerId,
    maxAgeMs: config.webhookMaxAgeMs,
    logger,
    clockWatch: new ClockWatch({
      clock,
      logger,
      maxAgeMs: config.webhookMaxAgeMs,
      onDifference: (differenceMs) => metrics.webhookClockDifference.set(differenceMs / 1_000),
    }),
    onOutcome: ({ kind }) => metrics.webhooks.inc({ outcome: kind }),
    onAppended: (appended) => settler.note(appended),
  });
  const sockets = serveWebSockets(app.server, {
    ...graphql,
    addressOf: (request) => proxyAddr(request, isTrustedProxy),
    isAllowedOrigin: (request) => isAllowedOrigin(request, config.corsOrigins, reachedAt),
    initTimeoutMs: overrides.initTimeoutMs,
    heartbeatMs: overrides.heartbeatMs,
  });
  metrics.registerGauges({ sockets: () => sockets.count, subscriptions: () => log.stats(), upstream: () => guard.stats() });
  if (!config.production) {
    // Imported only where it is served.
    const { explorerRoutes } = await import('./transport/explorer/explorer-routes.js');
    explorerRoutes(app, {
      path: GRAPHQL_PATH,
      url: () => reachedAt,
      version: VERSION,
      channelId: simulated?.simulator.channelId ?? null,
      simulatorUrl: simulated?.simulator.url ?? null,
      tokens: config.auth.mode === 'off' ? null : config.auth.secret === null ? 'issuer' : 'secret',
      demoDirectory: DEMO_DIRECTORY,
    });
  }
  await app.register(namedPlugin('attachments', attachmentRoutes), { services, usedTickets: stores.usedTickets, logger, rateLimits });

  return {
    simulator: simulated?.simulator ?? null,
    async listen() {
      const addresses = addressesOf(await app.listen({ host: config.host, port: config.port }), config.publicUrl);
      reachedAt = addresses.url;
      simulated?.simulator.setWebhookUrl(addresses.webhookUrl);
      expiry = startExpiry(log, config.eventRetentionMs, clock, logger);
      settler.recover(new Date(clock() - SETTLE_HORIZON_MS)).catch((error: unknown) => logger.warn({ error }, 'recovery failed'));
      return addresses;
    },
    async close() {
      draining = true;
      const stopBy = performance.now() + config.drainMs;
      clearInterval(expiry);
      await drain(app, [sockets, streams], config);
      settler.close();
      typing.close();
      // What a log that does not answer has in hand was not acknowledged, and comes again.
      await Promise.race([log.close(), pause(Math.max(LOG_CLOSE_MS, stopBy - performance.now()), undefined, { ref: false })]);
      await api.close();
      await simulated?.simulator.close();
    },
  };
}

const sourceOf = ({ trustedDocuments }: Config): DocumentSource =>
  trustedDocuments === null ? new AutomaticPersistedQueries() : new TrustedDocuments(trustedDocuments);

/** Viewers are limited only where they are told from each other. */
function quotasOf({ rateLimit, auth }: Config): Quotas {
  if (rateLimit === null) return { viewer: null, address: null };
  const perMinute = (count: number) => ({ count, windowMs: 60_000 });
  return { viewer: auth.mode === 'off' ? null : perMinute(rateLimit.viewer), address: perMinute(rateLimit.address) };
}

function servicesOf(
  api: ChatApi,
  { log, typing, ticketKey }: Stores,
  customerTokens: CustomerTokens,
  clock: Clock,
  publicUrl: () => string,
): Omit<Services, 'echoes' | 'requestTimeoutMs' | 'bytesInFlight'> {
  return {
    api,
    log,
    clock,
    history: new MessageHistory(log, clock, api.capabilities.has('MESSAGE_LOOKUP')),
    projections: new Projections(log),
    typing,
    tickets: new Tickets(ticketKey, clock),
    customerTokens,
    idempotency: new IdempotentExecutor(log.requests),
    publicUrl,
    version: VERSION,
  };
}

function settlerOf(
  { api, log, projections, clock, echoes }: Services,
  logger: Logger,
  { settleDelaysMs }: Overrides,
): InteractionEndDetector {
  return new InteractionEndDetector({
    log,
    projections,
    clock,
    interactions: async (conversationId) => api.interactions(conversationId, { asOf: await (await log.head()).cursor({ conversationId }) }),
    isHeld: (conversationId) => echoes?.isLeaving(conversationId) === true,
    onFault: (error, conversationId) => logger.warn({ conversationId, error }, 'interaction end not settled yet'),
    ...(settleDelaysMs === undefined ? {} : { delaysMs: settleDelaysMs }),
  });
}

function addressesOf(listening: string, publicUrl: string | null): Addresses {
  const url = publicUrl ?? listening;
  return {
    url,
    graphqlUrl: `${url}${GRAPHQL_PATH}`,
    wsUrl: `${url.replace(/^http/, 'ws')}${GRAPHQL_PATH}`,
    webhookUrl: `${url}${WEBHOOK_PATH}`,
  };
}
