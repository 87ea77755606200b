import type { Agent, Assignment, Conversation, Customer, Message, Participant, Queue } from './records.js';

/** An action of an Adaptive Card. */
export type CardAction = 'Action.Submit' | 'Action.Execute';

/** Events of a conversation, independent of an API generation; each is a snapshot of its moment. */
export type EventDetails =
  | {
      readonly kind: 'conversation-changed';
      readonly state: Conversation['state'];
      readonly assignment: Assignment;
      readonly customer: Customer;
      readonly channelType: string;
    }
  | { readonly kind: 'queued'; readonly queue: Queue }
  | { readonly kind: 'agent-joined'; readonly agent: Agent }
  | { readonly kind: 'agent-left'; readonly agent: Agent }
  | { readonly kind: 'customer-left'; readonly customer: Participant }
  | { readonly kind: 'transferred' }
  | { readonly kind: 'message-added'; readonly message: Message; readonly viaApi: boolean }
  | { readonly kind: 'card-used'; readonly action: CardAction; readonly data: Readonly<Record<string, unknown>> }
  | { readonly kind: 'typing-changed'; readonly typing: readonly Participant[] }
  | { readonly kind: 'messages-read'; readonly reader: Participant };

export type CentreEvent = EventDetails & {
  readonly conversationId: string;
  readonly channelId: string;
  /** Epoch milliseconds. */
  readonly at: number;
};
