import type { ChatEvent, ChatMessage } from './useConversation';

/** What stands in the conversation: messages, and between them what else happened. */
export type Item =
  | { readonly kind: 'message'; readonly id: string; readonly at: number; readonly message: ChatMessage }
  | { readonly kind: 'note'; readonly id: string; readonly at: number; readonly text: string };

/** In order of time; what happened before the first of the messages that are shown is left out. */
export function transcript(messages: readonly ChatMessage[], events: readonly ChatEvent[], hasEarlier: boolean): Item[] {
  let last = -Infinity;
  const said = messages.map((message): Item => {
    // A message without a time, or with one that is off, stands where the list has it.
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

/** For the customer; null: none of their business. */
function note(event: ChatEvent): string | null {
  switch (event.__typename) {
    case 'AgentJoined':
      return `${event.agent.name ?? 'Somebody'} has joined`;
    case 'ConversationTransferred':
      return 'You are being handed over to a colleague';
    case 'InteractionEnded':
      return 'The conversation has ended';
    default:
      return null;
  }
}

/** The agent who is here now, as far as is known. */
export function agentName(events: readonly ChatEvent[]): string | null {
  const joined = events.findLast((event) => event.__typename === 'AgentJoined');
  return joined?.__typename === 'AgentJoined' ? joined.agent.name : null;
}
