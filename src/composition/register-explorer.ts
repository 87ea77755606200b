import type { FastifyInstance } from 'fastify';
import { WEBHOOK_PATH } from '../datasources/generations.js';
import { DEMO_DIRECTORY, IDE_DIRECTORY } from '../page-directories.js';
import type { GatewayStatus } from '../transport/explorer/gateway-status.js';
import { coalescedHealthCheck } from '../transport/http/health.js';
import { VERSION } from '../version.js';
import { GRAPHQL_PATH } from './addresses.js';
import type { ConnectedUpstream } from './connect-upstream.js';
import type { Stores } from './open-stores.js';
import type { GatewayRuntime } from './runtime.js';
import type { WebhookActivityMonitor } from './webhook-activity.js';

/** What the start page shows of. */
export interface ExplorerParts {
  readonly upstream: ConnectedUpstream;
  readonly stores: Pick<Stores, 'log'>;
  readonly activity: WebhookActivityMonitor;
  /** How many WebSockets are open. */
  readonly sockets: () => number;
}

/** Registers the pages for developers, whose code is loaded only where they are served. */
export async function registerExplorer(app: FastifyInstance, runtime: GatewayRuntime, parts: ExplorerParts): Promise<void> {
  const { explorerRoutes } = await import('../transport/explorer/explorer-routes.js');
  const { auth } = runtime.config;
  const { simulator } = parts.upstream;
  explorerRoutes(app, {
    path: GRAPHQL_PATH,
    webhookPath: WEBHOOK_PATH,
    url: () => runtime.publicUrl,
    channelId: simulator?.channelId ?? null,
    simulatorUrl: simulator?.url ?? null,
    tokens: auth.mode === 'off' ? null : auth.secret === null ? 'issuer' : 'secret',
    demoDirectory: DEMO_DIRECTORY,
    ideDirectory: IDE_DIRECTORY,
    status: createStatusReader(runtime, parts),
  });
}

function createStatusReader(
  { config, clock }: GatewayRuntime,
  { upstream, stores, activity, sockets }: ExplorerParts,
): () => Promise<GatewayStatus> {
  const startedAt = clock();
  const checkLog = coalescedHealthCheck(() => stores.log.health());
  const engine = 'redis' in config.eventLog ? 'Redis, shared' : 'SQLite, embedded';
  return async () => {
    const health = await checkLog();
    const now = clock();
    return {
      upstream: {
        ...upstream.health.snapshot,
        circuitOpen: upstream.policy.stats().circuitOpen,
        kind: upstream.settings.kind,
        simulated: upstream.simulator !== null,
      },
      log: { ...health, engine },
      webhooks: activity.snapshot,
      sockets: sockets(),
      subscriptions: stores.log.stats().subscriptions,
      versions: { gateway: VERSION, node: process.versions.node },
      uptimeMs: now - startedAt,
      now: new Date(now),
    };
  };
}
