import type { FastifyInstance } from 'fastify';
import type { Services } from '../context/services.js';
import { WEBHOOK_PATH, createWebhookFormat } from '../datasources/generations.js';
import type { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import { TypingEnds } from '../events/jobs/typing-ends.js';
import { withAppendMetrics } from '../events/jobs/with-append-metrics.js';
import { namedPlugin } from '../transport/http/named-plugin.js';
import { ClockWatch } from '../webhooks/clock-watch.js';
import { webhookRoute } from '../webhooks/route.js';
import type { ConnectedUpstream } from './connect-upstream.js';
import type { GatewayRuntime } from './runtime.js';
import type { WebhookActivityMonitor } from './webhook-activity.js';
import { withAppendSpans } from './with-append-spans.js';

export interface WebhookIntakeParts extends Pick<Services, 'log'> {
  readonly endDetector: InteractionEndDetector;
  readonly activity: WebhookActivityMonitor;
}

/** Registers the route that receives webhooks. What is returned is closed after the last of them. */
export async function registerWebhookIntake(
  app: FastifyInstance,
  { config, overrides, clock, logger, metrics, telemetry }: GatewayRuntime,
  { api, settings }: ConnectedUpstream,
  { log, endDetector, activity }: WebhookIntakeParts,
): Promise<Pick<TypingEnds, 'close'>> {
  const typing = new TypingEnds({ log, clock, ttlMs: overrides.typingTtlMs });
  const maxAgeMs = config.webhookMaxAgeMs;
  const { tracing } = telemetry;
  await app.register(namedPlugin('webhooks', webhookRoute), {
    log: { ...withAppendSpans(withAppendMetrics(log, metrics), tracing), publish: (event) => typing.publish(event) },
    path: WEBHOOK_PATH,
    format: createWebhookFormat(settings, { fetchJwk: (kid) => api.signingKey(kid), clock }),
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
      metrics.webhooks.inc({ outcome: outcome.kind });
      activity.record(outcome);
    },
    // What it does later is no part of this webhook.
    onAppended: (appended) => tracing.within(null, () => endDetector.observe(appended)),
  });
  return typing;
}
