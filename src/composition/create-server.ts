import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
import type { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import { isAllowedOrigin } from '../transport/http/allowed-origin.js';
import { attachmentRoutes } from '../transport/http/attachment-routes.js';
import { createHttp } from '../transport/http/create-http.js';
import { drain } from '../transport/http/drain.js';
import { coalescedHealthCheck, healthRoutes, reportingHealth } from '../transport/http/health.js';
import { healingRoute } from '../transport/http/healing-route.js';
import { metricsRoute } from '../transport/http/metrics-route.js';
import { namedPlugin } from '../transport/http/named-plugin.js';
import { plainAddress } from '../transport/limits/plain-address.js';
import { HttpSubscriptions } from '../transport/streaming/http-subscriptions.js';
import { serveWebSockets } from '../transport/websocket/websocket.js';
import { WEBHOOK_PATH } from '../datasources/generations.js';
import { claimedEventId } from '../datasources/shared/webhook-authentication/read-envelope.js';
import { PLAIN_PATHS, UNTRACED_PATHS } from './addresses.js';
import type { RunningHealing } from './create-healing.js';
import type { ConnectedUpstream } from './connect-upstream.js';
import { createGraphql } from './create-graphql.js';
import type { GraphqlParts } from './create-graphql.js';
import { registerExplorer } from './register-explorer.js';
import type { GatewayRuntime } from './runtime.js';
import { VERSION } from '../version.js';
import type { WebhookActivityMonitor } from './webhook-activity.js';
import { registerWebhookIntake } from './webhook-intake.js';

export interface ServerParts extends GraphqlParts {
  readonly upstream: ConnectedUpstream;
  readonly endDetector: InteractionEndDetector;
  readonly activity: WebhookActivityMonitor;
  /** Null if nothing is healed. */
  readonly healing: RunningHealing | null;
}

/** The HTTP server with all routes and WebSockets. */
export interface Server {
  /** Resolves with the address that it listens on. */
  listen(): Promise<string>;
  /** How many WebSockets are open. */
  readonly sockets: number;
  /** Drains: sockets closed over a spread, requests in flight finished. */
  close(): Promise<void>;
}

/** The HTTP server with all routes and the WebSocket server, not listening yet. */
export async function createServer(runtime: GatewayRuntime, parts: ServerParts): Promise<Server> {
  const { config, overrides, metrics } = runtime;
  const { upstream, stores, services, activity } = parts;
  const { heartbeatMs } = overrides;
  const isTrustedProxy = trustedProxies(config.trustProxy);
  const graphql = await createGraphql(runtime, parts);
  const streams = new HttpSubscriptions({ ...graphql, heartbeatMs });
  const app = await createHttp({
    ...graphql,
    corsOrigins: config.corsOrigins,
    isTrustedProxy,
    plainPaths: PLAIN_PATHS,
    https: config.publicUrl?.startsWith('https:') === true,
    draining: () => runtime.draining,
    beforeApollo: streams.hook,
    untraced: UNTRACED_PATHS,
    eventIdOf: (route, headers) => (route === WEBHOOK_PATH ? claimedEventId(headers) : null),
    bodyTimeoutMs: overrides.bodyTimeoutMs,
  });
  registerOperations(app, runtime, parts);
  const typing = await registerWebhookIntake(app, runtime, upstream, { log: stores.log, endDetector: parts.endDetector, activity });
  const sockets = serveWebSockets(app.server, {
    ...graphql,
    findAddress: (request) => proxyAddr(request, isTrustedProxy),
    isAllowedOrigin: (request) => isAllowedOrigin(request, config.corsOrigins, runtime.publicUrl),
    initTimeoutMs: overrides.initTimeoutMs,
    heartbeatMs,
  });
  metrics.registerGauges({
    sockets: () => sockets.count,
    subscriptions: () => stores.log.stats(),
    upstream: () => upstream.policy.stats(),
  });
  if (!config.production) await registerExplorer(app, runtime, { upstream, stores, activity, sockets: () => sockets.count });
  const { logger, rateLimits } = graphql;
  await app.register(namedPlugin('attachments', attachmentRoutes), { services, usedTickets: stores.usedTickets, logger, rateLimits });
  await app.register(namedPlugin('healing', healingRoute), { ...graphql, healing: parts.healing?.healing ?? null, clock: runtime.clock });
  return {
    listen: () => app.listen({ host: config.host, port: config.port }),
    get sockets() {
      return sockets.count;
    },
    async close() {
      await drain(app, [sockets, streams], config);
      typing.close();
    },
  };
}

function trustedProxies(trustProxy: readonly string[]): (address: string, hop: number) => boolean {
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (address, hop) => isTrusted(plainAddress(address), hop);
}

/** What operators look at: health and metrics. */
function registerOperations(app: FastifyInstance, runtime: GatewayRuntime, { upstream, stores, healing: running }: ServerParts): void {
  const { health, policy } = upstream;
  const { config, metrics } = runtime;
  const log = coalescedHealthCheck(reportingHealth(() => stores.log.health(), runtime.logger));
  healthRoutes(app, {
    log,
    upstream: () => ({ ...health.snapshot, circuitOpen: policy.stats().circuitOpen }),
    webhookSilence: () => running?.healing.silence ?? null,
    draining: () => runtime.draining,
    clock: runtime.clock,
    sinks: () => runtime.sinks?.warnings() ?? null,
  });
  if (running !== null) {
    const { healing } = running;
    metrics.registerHealing({
      silenceSeconds: () => healing.silenceSeconds,
      openInSilence: () => healing.silence?.openConversations ?? 0,
      queued: () => healing.queued,
    });
  }
  metrics.registerLogHealth(log);
  metrics.registerInfo({ version: VERSION, upstream: config.upstream.kind, eventLog: 'redis' in config.eventLog ? 'redis' : 'sqlite' });
  metricsRoute(app, metrics);
}
