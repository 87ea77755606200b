import type { Interaction } from 'chat-graphql-gateway-client';
import { useEnvironment } from './environment';

/** Metrics of each interaction, from its queue to its end, newest first. */
export function InteractionMetrics({ interactions }: { interactions: readonly Interaction[] }) {
  const { texts, formats } = useEnvironment();
  return (
    <section aria-labelledby="metrics">
      <h2 id="metrics">{texts.metrics}</h2>
      {interactions.toReversed().map((interaction, index) => (
        <article key={interaction.id} className="interaction">
          <h3>
            {texts.interaction(interactions.length - index)}
            <span className="badge">{interaction.endedAt === null ? texts.open : texts.endedBadge}</span>
          </h3>
          <dl>
            <Row name={texts.waited} value={formats.duration(interaction.waitSeconds)} />
            <Row name={texts.firstAnswer} value={formats.duration(interaction.firstResponseSeconds)} />
            <Row name={texts.handled} value={formats.duration(interaction.handleSeconds)} />
            <Row name={texts.transfers} value={interaction.transferCount?.toString() ?? '–'} />
            <Row name={texts.queues} value={names(interaction.queues?.map(({ queue }) => queue.name ?? queue.queueId))} />
            <Row name={texts.agents} value={names(agentNames(interaction, texts.agent))} />
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
function agentNames({ handledBy }: Interaction, agentText: string): string[] | undefined {
  const ids = [...new Set(handledBy?.map(({ agent }) => agent.id))];
  return handledBy?.map(({ agent }) => agent.name ?? `${agentText} ${ids.indexOf(agent.id) + 1}`);
}

const names = (all: readonly string[] | undefined): string => (all === undefined || all.length === 0 ? '–' : all.join(' → '));
