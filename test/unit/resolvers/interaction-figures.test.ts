import 'reflect-metadata';
import { RequestLoaders } from '../../../src/context/request-loaders.js';
import type { RequestContext } from '../../../src/context/request-context.js';
import type { Services } from '../../../src/context/services.js';
import type { Viewer } from '../../../src/auth/viewer.js';
import { foldHandling } from '../../../src/domain/interaction-metrics.js';
import { InteractionResolver } from '../../../src/resolvers/interaction-resolver.js';
import { toInteraction } from '../../../src/resolvers/to-graphql.js';
import { agentJoined, agentLeft, queued, START } from '../../contract/event-log/sample-events.js';

const COUNT = 100;

/** The services of a request about one conversation, with counts of what is asked of them. */
function countingServices() {
  const counts = { interactions: 0, handling: 0, startTimes: 0 };
  const at = (seconds: number) => ({ occurredAt: START + seconds * 1_000 });
  const interactions = Array.from({ length: COUNT }, (_, index) => ({
    ...{ interactionId: `i${index}`, endedAt: new Date(START + (index * 10 + 9) * 1_000) },
    get startedAt() {
      counts.startTimes += 1;
      return new Date(START + index * 10_000);
    },
  }));
  const events = interactions.flatMap((_, index) => [
    queued(`q${index}`, at(index * 10)),
    agentJoined(`j${index}`, at(index * 10 + 1)),
    agentLeft(`l${index}`, at(index * 10 + 9)),
  ]);
  const services = {
    api: { interactions: () => Promise.resolve(((counts.interactions += 1), interactions)) },
    log: {
      head: () => Promise.resolve({ cursor: () => Promise.resolve('cursor') }),
      interactionMetrics: () => Promise.resolve(((counts.handling += 1), foldHandling([], events))),
    },
  };
  return { counts, interactions, services: services as unknown as Services };
}

describe("the figures of a conversation's interactions", () => {
  it('are computed once a request, whatever number of fields and interactions is asked for', async () => {
    const { counts, interactions, services } = countingServices();
    const context = { loaders: new RequestLoaders(services, { role: 'SERVICE' } as Viewer, null) } as unknown as RequestContext;
    const resolver = new InteractionResolver();
    const shown = interactions.map((record) => toInteraction('c1', record));
    counts.startTimes = 0;
    const found = await Promise.all(
      shown.map(async (interaction) => ({
        wait: await resolver.waitSeconds(interaction, context),
        handle: await resolver.handleSeconds(interaction, context),
        response: await resolver.firstResponseSeconds(interaction, context),
        transfers: await resolver.transferCount(interaction, context),
        queues: (await resolver.queues(interaction, context))?.length,
        agents: (await resolver.handledBy(interaction, context))?.length,
      })),
    );
    expect(found).toEqual(shown.map(() => ({ wait: 1, handle: 8, response: null, transfers: 0, queues: 1, agents: 1 })));
    expect(counts).toMatchObject({ interactions: 1, handling: 1 });
    expect(counts.startTimes).toBeLessThan(10 * COUNT);
  });
});
