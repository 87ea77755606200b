import { CustomerTokens } from '../auth/customer-tokens.js';
import { Tickets } from '../auth/tickets.js';
import { KnownChannels } from '../context/known-channels.js';
import { KnownConversations } from '../context/known-conversations.js';
import type { Services } from '../context/services.js';
import type { ChatApi } from '../datasources/chat-api.js';
import type { NamedMessage } from '../domain/message.js';
import { BytesInFlight } from '../datasources/upstream/bytes-in-flight.js';
import { MessageHistory } from '../events/history/message-history.js';
import { Projections } from '../events/history/projections.js';
import { IdempotentExecutor } from '../events/jobs/idempotent-executor.js';
import { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import { VERSION } from '../version.js';
import { createHealer } from './create-healer.js';
import { createEchoSynthesizer } from './create-upstream.js';
import type { GatewayRuntime } from './runtime.js';
import type { Stores } from './open-stores.js';

/** What lives as long as the gateway: what requests use, and the job that finds the ends of interactions. */
export function createServices(
  runtime: GatewayRuntime,
  api: ChatApi,
  { log, typing, ticketKey, openPresence }: Stores,
): { readonly services: Services; readonly endDetector: InteractionEndDetector } {
  const { config, clock, logger, overrides } = runtime;
  const { tracing } = runtime.telemetry;
  const echoes = createEchoSynthesizer(api, {
    log,
    clock,
    logger,
    tracing,
    onAppended: (appended) => endDetector.observe(appended),
  });
  const healer = createHealer(runtime, {
    api,
    log,
    history: () => services.history,
    onAppended: (appended) => endDetector.observe(appended),
  });
  const onRead = (conversationId: string, messages: readonly NamedMessage[]) => healer?.observe(conversationId, messages);
  const channels = new KnownChannels(clock, overrides.channelLookupMs);
  const services: Services = {
    api,
    log,
    clock,
    echoes,
    history: new MessageHistory(log, clock, api.capabilities.has('MESSAGE_LOOKUP'), config.retryHorizonMs, onRead),
    healer,
    projections: new Projections(log),
    typing,
    presence: config.sinks?.some((sink) => sink.when === 'ABSENT') === true ? openPresence() : null,
    known: new KnownConversations(channels),
    channels,
    tickets: new Tickets(ticketKey, clock),
    customerTokens: new CustomerTokens(config.auth, clock),
    idempotency: new IdempotentExecutor(log.requests),
    publicUrl: () => runtime.publicUrl,
    version: VERSION,
    requestTimeoutMs: config.requestTimeoutMs,
    bytesInFlight: config.auth.mode === 'off' ? null : new BytesInFlight(),
  };
  const endDetector = createEndDetector(runtime, services);
  return { services, endDetector };
}

function createEndDetector({ logger, overrides }: GatewayRuntime, services: Services): InteractionEndDetector {
  const { api, log, projections, clock, echoes } = services;
  return new InteractionEndDetector({
    log,
    projections,
    clock,
    interactions: async (conversationId) => api.interactions(conversationId, { asOf: await (await log.head()).cursor({ conversationId }) }),
    isPaused: (conversationId) => echoes?.isLeaving(conversationId) === true,
    onError: (error, conversationId) => logger.warn({ conversationId, error }, 'interaction end check failed, will retry'),
    ...(overrides.settleDelaysMs === undefined ? {} : { delaysMs: overrides.settleDelaysMs }),
  });
}
