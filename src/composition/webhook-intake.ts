import type { FastifyInstance } from 'fastify';
import type { Services } from '../context/services.js';
import { WEBHOOK_PATH, createWebhookFormat } from '../datasources/generations.js';
import type { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import { TypingEnds } from '../events/jobs/typing-ends.js';
import type { Clock } from '../domain/clock.js';
import type { Metrics } from '../observability/metrics.js';
import { namedPlugin } from '../transport/http/named-plugin.js';
import { ClockWatch } from '../webhooks/clock-watch.js';
import type { RejectionReason, WebhookOutcome } from '../webhooks/outcome.js';
import { webhookRoute } from '../webhooks/route.js';
import type { ConnectedUpstream } from './connect-upstream.js';
import { createLateEvents } from './create-late-events.js';
import type { GatewayRuntime } from './runtime.js';
import type { WebhookActivityMonitor } from './webhook-activity.js';

export interface WebhookIntakeParts extends Pick<Services, 'log'> {
  readonly endDetector: InteractionEndDetector;
  readonly activity: WebhookActivityMonitor;
}

/** Registers the route that receives webhooks. What is returned is closed after the last of them. */
export async function registerWebhookIntake(
  app: FastifyInstance,
  runtime: GatewayRuntime,
  { api, settings }: ConnectedUpstream,
  { log, endDetector, activity }: WebhookIntakeParts,
): Promise<Pick<TypingEnds, 'close'>> {
  const { config, overrides, clock, logger, metrics, telemetry } = runtime;
  const typing = new TypingEnds({ log, clock, ttlMs: overrides.typingTtlMs });
  const lateEvents = createLateEvents(runtime, api, log);
  const maxAgeMs = config.webhookMaxAgeMs;
  startAtZero(metrics);
  const { tracing } = telemetry;
  await app.register(namedPlugin('webhooks', webhookRoute), {
    log: { append: (event, span) => lateEvents.append(event, span), publish: (event) => typing.publish(event) },
    path: WEBHOOK_PATH,
    format: createWebhookFormat(settings, { fetchJwk: (kid, span) => (span === null ? api : api.tracedBy(span)).signingKey(kid), clock }),
    clock,
    tenantId: settings.tenantId,
    customerId: settings.customerId,
    maxAgeMs,
    logger,
    tracing,
    clockWatch: new ClockWatch({
      clock,
      logger,
      maxAgeMs,
      onDifference: (differenceMs) => metrics.webhookClockDifference.set(differenceMs / 1_000),
    }),
    onOutcome: (outcome) => {
      countOutcome(metrics, outcome, clock);
      activity.record(outcome);
    },
    onAppended: (appended) => endDetector.observe(appended),
  });
  return typing;
}

/** Each, so that one that is forgotten is an error of the compiler. */
const OUTCOMES: Readonly<Record<WebhookOutcome['kind'], true>> = {
  stored: true,
  duplicate: true,
  published: true,
  'endpoint-verified': true,
  malformed: true,
  refused: true,
  unavailable: true,
  overloaded: true,
};
const REASONS: Readonly<Record<RejectionReason, true>> = {
  'header-missing': true,
  'header-malformed': true,
  'signature-malformed': true,
  'signature-not-supported': true,
  'key-unknown': true,
  'signature-wrong': true,
  'sent-too-long-ago': true,
  'sent-in-the-future': true,
  'foreign-tenant': true,
  'foreign-customer': true,
  'event-id-reused': true,
};

/** A counter that appears with 1 has not increased, as far as Prometheus knows. */
function startAtZero({ webhooks, webhookRejections }: Metrics): void {
  for (const outcome of Object.keys(OUTCOMES)) webhooks.inc({ outcome }, 0);
  for (const reason of Object.keys(REASONS)) webhookRejections.inc({ reason }, 0);
}

function countOutcome({ webhooks, webhookAcceptedAt, webhookRejections }: Metrics, outcome: WebhookOutcome, clock: Clock): void {
  webhooks.inc({ outcome: outcome.kind });
  if (outcome.kind === 'refused') webhookRejections.inc({ reason: outcome.reason });
  if ('event' in outcome) webhookAcceptedAt.set(clock() / 1_000);
}
