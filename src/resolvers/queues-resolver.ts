import { Ctx, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { QueueRef } from '../domain/events/event-table.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import { Queue } from '../schema/queue.js';

/** How many pages of channels are read at most. */
const MAX_PAGES = 10;
/** How many of the latest events are searched for queues. */
const EVENTS_SEARCHED = 500;

@Resolver()
export class QueuesResolver {
  @Query(() => [Queue], {
    description: `Queues that channels lead to, and those that the latest ${EVENTS_SEARCHED} stored events report. The contact centre has no list of its queues: one that nothing leads to is missing.`,
  })
  async queues(@Ctx() context: RequestContext): Promise<Queue[]> {
    const [led, reported] = await Promise.all([queuesOfChannels(context), queuesInEvents(context)]);
    const names = new Map(reported.map(({ queueId, name }) => [queueId, name]));
    return [...new Set([...led, ...names.keys()])].map((queueId) => ({ queueId, name: names.get(queueId) ?? null }));
  }
}

async function queuesOfChannels({ api, loaders }: RequestContext): Promise<string[]> {
  const read = await loaders.asOf('all');
  const found: string[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const window = { kind: 'first', count: MAX_PAGE_SIZE, from: page * MAX_PAGE_SIZE, before: null } as const;
    const { items, hasMore } = await api.channels(window, read);
    found.push(...items.flatMap(({ queueId }) => queueId ?? []));
    if (!hasMore) break;
  }
  return found;
}

/** Oldest first, so that the latest name of a queue counts. */
async function queuesInEvents({ log }: RequestContext): Promise<QueueRef[]> {
  const { events } = await log.read('all', { limit: EVENTS_SEARCHED, fromEnd: true });
  return events.flatMap(({ event }) => (event.type === 'INTERACTION_QUEUED' ? event.data.queue : []));
}
