import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import type { Caller } from '../context/caller.js';
import { RequestContext } from '../context/request-context.js';
import type { Services } from '../context/services.js';
import { timerScheduler } from '../domain/schedule-at.js';
import { DocumentCache } from '../transport/documents/document-cache.js';
import { AutomaticPersistedQueries, TrustedDocuments } from '../transport/documents/persisted-documents.js';
import { CompiledQueries } from '../transport/execution/compiled-queries.js';
import { memoizeMutations } from '../transport/execution/mutation-memo.js';
import { OpenConnections } from '../transport/limits/open-connections.js';
import { RateLimits } from '../transport/limits/rate-limits.js';
import type { Quotas } from '../transport/limits/rate-limits.js';
import { GRAPHQL_PATH } from './addresses.js';
import { createAuthenticator } from './create-authenticator.js';
import type { GatewayRuntime } from './runtime.js';
import type { Stores } from './open-stores.js';

export interface GraphqlParts {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly stores: Stores;
}

/** What all three transports of GraphQL share: HTTP, streamed subscriptions and WebSockets. */
export async function createGraphql(
  { config, overrides, clock, logger, metrics, telemetry }: GatewayRuntime,
  { schema, services, stores }: GraphqlParts,
) {
  memoizeMutations(schema);
  const { introspection, trustedDocuments } = config;
  const source = trustedDocuments === null ? new AutomaticPersistedQueries() : new TrustedDocuments(trustedDocuments);
  const queries = new CompiledQueries(overrides.compiledAfter);
  if (overrides.compiledAfter === 0) await queries.load();
  return {
    rateLimits: new RateLimits(stores.rateLimits, toQuotas(config), logger),
    schema,
    introspection,
    documents: new DocumentCache({ schema, introspection, source }),
    queries,
    execute: queries.execute,
    logger,
    metrics,
    tracing: telemetry.tracing,
    authenticator: await createAuthenticator(config, clock, logger),
    context: (caller: Caller) => new RequestContext(services, caller),
    scheduleAt: overrides.scheduleAt ?? timerScheduler(clock),
    connections: new OpenConnections(config.auth.mode === 'jwt' ? config.connectionLimit : null),
    path: GRAPHQL_PATH,
  };
}

/** Viewers are limited only where they are authenticated. */
function toQuotas({ rateLimit, auth }: Config): Quotas {
  if (rateLimit === null) return { viewer: null, address: null };
  const perMinute = (count: number) => ({ count, windowMs: 60_000 });
  return { viewer: auth.mode === 'off' ? null : perMinute(rateLimit.viewer), address: perMinute(rateLimit.address) };
}
