import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../auth/viewer.js';
import { RequestContext } from '../context/request-context.js';
import type { Services } from '../context/services.js';
import { ConfigError } from '../env-reader.js';
import type { StoredEvent } from '../events/port/stored-event.js';
import { logFile } from '../events/sqlite/open.js';
import { vendorId } from '../schema/global-id.js';
import type { SinkSettings } from '../sinks/settings.js';
import { findChannel } from '../resolvers/conversation-channels.js';
import { isChannelMissing } from '../resolvers/require-channel.js';
import type { PreparedSink } from '../sinks/start-sinks.js';
import type { EventData } from '../sinks/cloud-event.js';
import { CompiledQueries } from '../transport/execution/compiled-queries.js';
import type { SinkCounters } from '../observability/metrics.js';
import { VERSION } from '../version.js';
import type { GatewayRuntime } from './runtime.js';
import { DEFAULT_SINK_DOCUMENT, checkSinkDocument } from './sink-documents.js';
import type { SinkDocument } from './sink-documents.js';

/** `source` of the events of a gateway without a configured address: the same at all gateways that share a log. */
const UNNAMED_SOURCE = 'urn:chat-graphql-gateway';

/** Sinks that are delivered. */
export interface DeliveredSinks {
  /** One line each, for operators. */
  warnings(): readonly string[];
  /** @param waitMs how long attempts in flight may take */
  close(waitMs: number): Promise<void>;
}

/** The documents of the sinks, by their names. Throws a `ConfigError` with a line for each error. */
export function checkSinkDocuments(schema: GraphQLSchema, sinks: readonly SinkSettings[]): ReadonlyMap<string, SinkDocument> {
  const documents = new Map<string, SinkDocument>();
  const errors: string[] = [];
  for (const { name, document } of sinks) {
    const checked = checkSinkDocument(schema, document ?? DEFAULT_SINK_DOCUMENT);
    if ('document' in checked) documents.set(name, checked);
    else errors.push(...checked.map((what) => `SINKS_FILE: sink "${name}": document: ${what}`));
  }
  if (errors.length > 0) throw new ConfigError(errors);
  return documents;
}

export interface DeliverToSinksParts {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly documents: ReadonlyMap<string, SinkDocument>;
}

/** Starts to deliver events to the sinks of the settings. */
export async function deliverToSinks(runtime: GatewayRuntime, parts: DeliverToSinksParts): Promise<DeliveredSinks> {
  const { config, clock, logger, metrics, overrides } = runtime;
  const { services } = parts;
  const { startSinks } = await import('../sinks/start-sinks.js');
  const { SINK_OUTCOMES } = await import('../sinks/sink-metrics.js');
  const { FAILURE_KINDS } = await import('../sinks/failure.js');
  const queries = new CompiledQueries(overrides.compiledAfter);
  const sinks = config.sinks ?? [];
  let counters: SinkCounters | null = null;
  const running = await startSinks({
    sinks: sinks.map((sink) => prepare(sink, parts, queries)),
    log: services.log,
    presence: services.presence ?? { isPresent: () => false },
    channelExists: (channelId) => lookUpChannel(channelId, services),
    source: () => config.publicUrl ?? UNNAMED_SOURCE,
    userAgent: `chat-graphql-gateway/${VERSION}`,
    retentionMs: config.eventRetentionMs,
    ...{ clock, logger },
    metrics: {
      count: (sink, outcome) => counters?.count(sink, outcome),
      countFailure: (sink, kind) => counters?.countFailure(sink, kind),
    },
    ...(overrides.sinkTimes === undefined ? {} : { times: overrides.sinkTimes }),
  });
  counters = metrics.registerSinks(() => running.gauges(), SINK_OUTCOMES, FAILURE_KINDS);
  const stopControl = 'directory' in config.eventLog ? await openControl(config.eventLog.directory, services) : () => undefined;
  return {
    warnings: () =>
      running
        .gauges()
        .flatMap(({ sink, problem }) => [
          ...(problem === null ? [] : [`sink ${sink} ${problem}`]),
          ...running.channels.unknownOf(sink).map((id) => `sink ${sink} names a channel that the contact centre does not have: ${id}`),
        ]),
    close: async (waitMs) => {
      stopControl();
      await running.close(waitMs);
      services.presence?.close();
    },
  };
}

/** What `chat-graphql-gateway sinks` talks to: an embedded log can only be open once. */
async function openControl(directory: string, { log }: Services): Promise<() => void> {
  const { administerSinks } = await import('../sinks/administration.js');
  const { controlSocket, serveControl } = await import('../sinks/control-socket.js');
  return serveControl(controlSocket(logFile(directory)), (command) => administerSinks(log, command));
}

/** Null if the upstream cannot be asked now. */
async function lookUpChannel(channelId: string, services: Services): Promise<boolean | null> {
  const context = new RequestContext(services, { viewer: viewerOf('sinks'), requestId: 'sinks' });
  const isMissing = await context.fork((one) => isChannelMissing(one, channelId));
  if (isMissing) return false;
  return services.channels.has(channelId) ? true : null;
}

function prepare(sink: SinkSettings, { schema, services, documents }: DeliverToSinksParts, queries: CompiledQueries): PreparedSink {
  const context = new RequestContext(services, { viewer: viewerOf(`sink ${sink.name}`), requestId: `sink ${sink.name}` });
  const checked = documents.get(sink.name);
  if (checked === undefined) throw new Error('The document was not checked');
  const { document, key } = checked;
  const channels = sink.channelIds === null ? null : new Set(sink.channelIds.flatMap((id) => vendorId('Channel', id) ?? []));
  const findChannelOf = (conversationId: string) =>
    findChannel(conversationId, context, (id) => context.fork(({ loaders }) => loaders.conversation.load(id)));
  return {
    sink,
    channelIds: [...(channels ?? [])],
    async toData(stored): Promise<EventData | null> {
      const rootValue = { ...stored, replayed: false };
      const { data, errors } = await context.fork(async (contextValue) => queries.execute({ schema, document, rootValue, contextValue }));
      const value = data?.[key] ?? null;
      return value === null ? null : { data: value, incomplete: errors !== undefined };
    },
    isInChannels:
      channels === null
        ? null
        : async ({ event: { conversationId } }: StoredEvent) => {
            const channelId = conversationId === null ? null : await findChannelOf(conversationId);
            return channelId !== null && channels.has(channelId);
          },
  };
}

/** Sinks see what services see. */
function viewerOf(identity: string): Viewer {
  return { role: 'SERVICE', subject: null, conversationIds: null, customerId: null, expiresAt: null, identity, rightsKey: 'SERVICE' };
}
