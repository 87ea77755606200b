import { exactTime } from './times';
import type { ChatEvent } from './useConversation';

/** Every event of the conversation, newest first. */
export function Timeline({ events }: { events: readonly ChatEvent[] }) {
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Events</h2>
      <ol className="timeline">
        {events.toReversed().map((event) => (
          <li key={event.id}>
            <time dateTime={event.occurredAt}>{exactTime(event.occurredAt)}</time>
            <span className="type">{event.type}</span>
            <span className="detail">{detail(event)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function detail(event: ChatEvent): string {
  switch (event.__typename) {
    case 'InteractionQueued':
      return event.queue.name ?? event.queue.queueId;
    case 'AgentJoined':
      return event.agent.name ?? '';
    case 'AgentLeft':
      return event.endsInteraction === false ? 'another takes over' : (event.agent.name ?? '');
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
