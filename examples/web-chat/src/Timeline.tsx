import type { ChatEvent } from 'chat-graphql-gateway-client';
import { useEnvironment } from './environment';
import type { Texts } from './texts/english';

/** Every event of the conversation, newest first. */
export function Timeline({ events }: { events: readonly ChatEvent[] }) {
  const { texts, formats } = useEnvironment();
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">{texts.events}</h2>
      <ol className="timeline">
        {events.toReversed().map((event) => (
          <li key={event.id}>
            <time dateTime={event.occurredAt}>{formats.exact(event.occurredAt)}</time>
            <span className="type">{event.type}</span>
            <span className="detail">
              <bdi>{detail(event, texts)}</bdi>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function detail(event: ChatEvent, texts: Texts): string {
  switch (event.__typename) {
    case 'InteractionQueued':
      return event.queue.name ?? event.queue.queueId;
    case 'AgentJoined':
      return event.agent.name ?? '';
    case 'AgentLeft':
      return event.endsInteraction === false ? texts.anotherTakesOver : (event.agent.name ?? '');
    case 'InteractionEnded':
      return event.reason;
    case 'MessageAdded':
      return `${event.message.author.type}: ${event.message.text || event.message.attachments.map(({ filename }) => filename ?? 'a file').join(', ')}`;
    case 'QuickReplyChosen':
      return event.title ?? '';
    default:
      return '';
  }
}
