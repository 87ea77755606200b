import { LRUCache } from 'lru-cache';
import type { ChatApi } from '../datasources/chat-api.js';
import { entryLimit } from '../domain/entry-limit.js';
import { healingReachMs } from '../domain/healing.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import type { Services } from '../context/services.js';
import { callBudget } from '../events/jobs/heal/call-budget.js';
import type { ListReads } from '../events/jobs/heal/conversation-search.js';
import { createHealConversation } from '../events/jobs/heal/heal-conversation.js';
import type { UpstreamReads } from '../events/jobs/heal/heal-conversation.js';
import { Healing } from '../events/jobs/heal/healing.js';
import { HEAL_TIMINGS } from '../events/jobs/heal/timings.js';
import type { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import type { ConnectedUpstream } from './connect-upstream.js';
import { reportHealed } from './create-healer.js';
import { healingReport } from './healing-report.js';
import type { Stores } from './open-stores.js';
import type { GatewayRuntime } from './runtime.js';
import type { WebhookActivityMonitor } from './webhook-activity.js';

/** The budget of the command where background healing is switched off. */
const COMMAND_CALLS_PER_SECOND = 2;
/** How long looks in progress have to end at a shutdown. */
const CLOSE_MS = 2_000;
/** So many conversations are looked at in parallel, at most. */
const MAX_WORKERS = 8;
/** How many channels' queues are remembered, and for how long: 10 min. */
const MAX_QUEUES = 1_000;
const QUEUES_TTL_MS = 600_000;

export interface HealingParts {
  readonly upstream: ConnectedUpstream;
  readonly stores: Stores;
  readonly services: Pick<Services, 'log' | 'projections' | 'healer'>;
  readonly endDetector: InteractionEndDetector;
  readonly activity: WebhookActivityMonitor;
}

/** What finds and heals gaps, and its own client of the upstream; both end with `close`. */
export interface RunningHealing {
  readonly healing: Healing;
  close(): Promise<void>;
}

/** Null if nothing is healed. */
export function createHealing(runtime: GatewayRuntime, parts: HealingParts): RunningHealing | null {
  const { config, clock, metrics, overrides } = runtime;
  const { afterMs, callsPerSecond } = config.healing;
  if (afterMs === null) return null;
  const { upstream, stores, services, endDetector, activity } = parts;
  const aborting = new AbortController();
  const takeCall = callBudget(stores.rateLimits, callsPerSecond === 0 ? COMMAND_CALLS_PER_SECOND : callsPerSecond);
  const api = upstream.lowPriorityApi({ takeCall, signal: aborting.signal, onCall: () => metrics.healingCalls.inc() });
  const reachMs = healingReachMs(config.retryHorizonMs, config.eventRetentionMs);
  const healing = new Healing({
    ...services,
    clock,
    afterMs,
    reachMs,
    timings: { ...HEAL_TIMINGS, ...overrides.healTimings },
    workers: Math.min(MAX_WORKERS, Math.ceil(callsPerSecond)),
    lastWebhookAt: () => activity.lastAcceptedAt,
    report: healingReport(runtime),
    list: listReads(api, services),
    heal: createHealConversation({
      ...services,
      upstream: upstreamReads(api, services),
      clock,
      afterMs,
      reachMs,
      onAppended: (appended) => {
        endDetector.observe(appended);
        if (!appended.duplicate) reportHealed(runtime, appended);
      },
    }),
  });
  return {
    healing,
    async close() {
      aborting.abort();
      // A call that the upstream does not answer must not hold up the shutdown.
      await healing.close(CLOSE_MS);
      await api.close();
    },
  };
}

function listReads(api: ChatApi, { log }: Pick<Services, 'log'>): ListReads {
  return {
    isOrderedByCreation: api.capabilities.has('ORDER_BY_CREATION'),
    async conversations(from, selection) {
      const asOf = await (await log.head()).cursor('all');
      return api.conversations({ kind: 'first', count: MAX_PAGE_SIZE, from, before: null }, { asOf }, selection);
    },
  };
}

function upstreamReads(api: ChatApi, { log }: Pick<Services, 'log'>): UpstreamReads {
  const asOf = async (conversationId: string) => ({ asOf: await (await log.head()).cursor({ conversationId }) });
  const queueIds = new LRUCache<string, { readonly queueId: string | null }>({ ...entryLimit(MAX_QUEUES), ttl: QUEUES_TTL_MS });
  return {
    conversation: async (conversationId) => api.conversation(conversationId, await asOf(conversationId)),
    interactions: async (conversationId) => api.interactions(conversationId, await asOf(conversationId)),
    messages: async (conversationId, window) => api.messages(conversationId, window, await asOf(conversationId)),
    async channelQueueId(channelId) {
      const known = queueIds.get(channelId);
      if (known !== undefined) return known.queueId;
      const channel = await api.channel(channelId, { asOf: '' });
      const queueId = channel?.queueId ?? null;
      queueIds.set(channelId, { queueId });
      return queueId;
    },
  };
}
