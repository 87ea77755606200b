import type { ChatEvent, ChatMessage } from './useConversation';

/** An entry of the transcript: a message, or a note about an event. */
export type Item =
  | { readonly kind: 'message'; readonly id: string; readonly at: number; readonly message: ChatMessage }
  | { readonly kind: 'note'; readonly id: string; readonly at: number; readonly text: string };

/** In order of time; events before the first message shown are left out. */
export function transcript(messages: readonly ChatMessage[], events: readonly ChatEvent[], hasEarlier: boolean): Item[] {
  let last = -Infinity;
  const said = messages.map((message): Item => {
    // A message without a time, or with a wrong one, keeps its position in the list.
    last = Math.max(last, message.createdAt === null ? -Infinity : Date.parse(message.createdAt));
    return { kind: 'message', id: message.id, at: last, message };
  });
  const from = hasEarlier ? (said[0]?.at ?? -Infinity) : -Infinity;
  const notes = events.flatMap((event): Item[] => {
    const text = note(event);
    return text === null ? [] : [{ kind: 'note', id: event.id, at: Date.parse(event.occurredAt), text }];
  });
  return [...said, ...notes.filter(({ at }) => at >= from)].sort((a, b) => a.at - b.at);
}

/** Text for the customer; null if the event is not shown. */
function note(event: ChatEvent): string | null {
  switch (event.__typename) {
    case 'AgentJoined':
      return `${event.agent.name ?? 'Someone'} has joined`;
    case 'ConversationTransferred':
      return 'You are being transferred to a colleague';
    case 'InteractionEnded':
      return 'The conversation has ended';
    default:
      return null;
  }
}

/** The name of the current agent; null if unknown. */
export function agentName(events: readonly ChatEvent[]): string | null {
  const joined = events.findLast((event) => event.__typename === 'AgentJoined');
  return joined?.__typename === 'AgentJoined' ? joined.agent.name : null;
}
