import { duration } from './times';
import type { Conversation } from './useConversation';

type Interaction = NonNullable<Conversation['interactions']>['nodes'][number];

/** Metrics of each interaction, from its queue to its end, newest first. */
export function InteractionMetrics({ interactions }: { interactions: readonly Interaction[] }) {
  return (
    <section aria-labelledby="metrics">
      <h2 id="metrics">Interaction metrics</h2>
      {interactions.toReversed().map((interaction, index) => (
        <article key={interaction.id} className="interaction">
          <h3>
            Interaction {interactions.length - index}
            <span className="badge">{interaction.endedAt === null ? 'open' : 'ended'}</span>
          </h3>
          <dl>
            <Row name="Waited" value={duration(interaction.waitSeconds)} />
            <Row name="First answer after" value={duration(interaction.firstResponseSeconds)} />
            <Row name="Handled for" value={duration(interaction.handleSeconds)} />
            <Row name="Transfers" value={interaction.transferCount?.toString() ?? '–'} />
            <Row name="Queues" value={names(interaction.queues?.map(({ queue }) => queue.name ?? queue.queueId))} />
            <Row name="Agents" value={names(agentNames(interaction))} />
          </dl>
        </article>
      ))}
    </section>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** An agent without a known name gets a number. */
function agentNames({ handledBy }: Interaction): string[] | undefined {
  const ids = [...new Set(handledBy?.map(({ agent }) => agent.id))];
  return handledBy?.map(({ agent }) => agent.name ?? `Agent ${ids.indexOf(agent.id) + 1}`);
}

const names = (all: readonly string[] | undefined): string => (all === undefined || all.length === 0 ? '–' : all.join(' → '));
