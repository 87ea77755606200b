import { setTimeout as pause } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { toAddresses } from './composition/addresses.js';
import type { Addresses } from './composition/addresses.js';
import { connectUpstream } from './composition/connect-upstream.js';
import { createHealing } from './composition/create-healing.js';
import { createServer } from './composition/create-server.js';
import { createServices } from './composition/create-services.js';
import { createRuntime } from './composition/runtime.js';
import type { GatewayRuntime } from './composition/runtime.js';
import type { DeliverToSinksParts } from './composition/deliver-to-sinks.js';
import type { SinkDocument } from './composition/sink-documents.js';
import { openStores } from './composition/open-stores.js';
import type { Overrides } from './composition/overrides.js';
import { startJobs } from './composition/start-jobs.js';
import { WebhookActivityMonitor } from './composition/webhook-activity.js';
import type { Config } from './config.js';
import { buildSchema } from './resolvers/build-schema.js';
import type { Simulator } from './simulator/simulator.js';
import { isSimulated } from './upstream-config.js';

/** How long the event log has to close where the drain has used up all its time: 2 s. */
const LOG_CLOSE_MS = 2_000;

/** How long attempts to deliver events to sinks have to end where the drain has used up all its time: 1 s. */
const SINKS_CLOSE_MS = 1_000;

export interface Gateway {
  /** Opens the port; resolves once requests are answered. */
  listen(): Promise<Addresses>;
  /** Drains: reports not ready, for the notice; closes sockets over a spread; finishes requests in flight; closes the log; exports what is left of traces and metrics. */
  close(): Promise<void>;
  /** How many WebSockets are open. */
  readonly sockets: number;
  /** The simulated contact centre behind it; null on a real one. */
  readonly simulator: Simulator | null;
}

/** Puts the parts together. Rejects with `LogUnavailableError` if the event log cannot be opened. */
export async function createGateway(config: Config, overrides: Overrides = {}): Promise<Gateway> {
  const runtime = createRuntime(config, overrides);
  const { stores, upstream, schema, documents } = await openParts(runtime);
  const { log } = stores;
  for (const warning of (await log.health()).warnings) runtime.logger.warn({ note: warning }, 'event log durability warning');
  const { services, endDetector } = createServices(runtime, upstream.api, stores);
  const activity = new WebhookActivityMonitor(runtime.clock);
  const healing = createHealing(runtime, { upstream, stores, services, endDetector, activity });
  const server = await createServer(runtime, { schema, upstream, stores, services, endDetector, activity, healing });
  let stopJobs = () => endDetector.close();
  return {
    get sockets() {
      return server.sockets;
    },
    simulator: upstream.simulator,
    async listen() {
      const listening = await server.listen();
      const addresses = toAddresses(config.publicUrl ?? listening);
      runtime.publicUrl = addresses.url;
      upstream.simulator?.setWebhookUrl(addresses.webhookUrl);
      stopJobs = startJobs(runtime, { log, endDetector, healing });
      await startSinks(runtime, { schema, services, documents });
      return addresses;
    },
    async close() {
      runtime.draining = true;
      const stopBy = performance.now() + config.drainMs;
      await server.close();
      stopJobs();
      await healing?.close();
      await runtime.sinks?.close(Math.max(SINKS_CLOSE_MS, stopBy - performance.now()));
      // Before the log, which says whose its state is.
      await upstream.simulator?.close();
      // Appends that a log which does not answer still holds were not acknowledged: the contact centre sends them again.
      const closing = (services.healer?.close() ?? Promise.resolve()).then(() => log.close());
      await Promise.race([closing, pause(Math.max(LOG_CLOSE_MS, stopBy - performance.now()), undefined, { ref: false })]);
      await upstream.api.close();
      // Last, since all of the above has spans of its own.
      await runtime.telemetry.close();
    },
  };
}

/** What federation needs is loaded only where it is used. */
async function loadSchema({ federation }: Config): Promise<GraphQLSchema> {
  if (!federation) return buildSchema();
  const { FederationResolver } = await import('./resolvers/federation/federation-resolver.js');
  return buildSchema([FederationResolver]);
}

/** The event log opens while the upstream is connected and the schema is built; a simulated one keeps its state beside the log, and waits for it. */
async function openParts(runtime: GatewayRuntime) {
  const { config, overrides, clock } = runtime;
  const opening = Promise.resolve(overrides.stores ?? openStores(config, { clock, queueLimit: overrides.queueLimit }));
  if (isSimulated(config.upstream)) await opening;
  const upstream = await connectUpstream(runtime).catch(async (error: unknown) => {
    await (await opening).log.close();
    throw error;
  });
  const schema = await loadSchema(config);
  const stores = await opening.catch(async (error: unknown) => {
    await upstream.simulator?.close();
    throw error;
  });
  const documents = await loadSinkDocuments(schema, config).catch(async (error: unknown) => {
    await Promise.all([upstream.simulator?.close(), stores.log.close()]);
    await upstream.api.close();
    throw error;
  });
  return { upstream, schema, stores, documents };
}

/** What sinks need is loaded only where there are any. Rejects with a `ConfigError` if a document is wrong. */
async function loadSinkDocuments(schema: GraphQLSchema, { sinks }: Config): Promise<ReadonlyMap<string, SinkDocument>> {
  if (sinks === null) return new Map();
  const { checkSinkDocuments } = await import('./composition/deliver-to-sinks.js');
  return checkSinkDocuments(schema, sinks);
}

async function startSinks(runtime: GatewayRuntime, parts: DeliverToSinksParts): Promise<void> {
  if (runtime.config.sinks === null) return;
  const { deliverToSinks } = await import('./composition/deliver-to-sinks.js');
  runtime.sinks = await deliverToSinks(runtime, parts);
}
