import type { Agent, Assignment, Conversation, Customer, Message, Participant, Queue } from './records.js';

/** What can be done with an Adaptive Card. */
export type CardAction = 'Action.Submit' | 'Action.Execute';

/** What can happen in a conversation, in no generation's terms; a picture of the moment, not of what came later. */
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
  | { readonly kind: 'typing-changed'; readonly typing: readonly Participant[] };

export type CentreEvent = EventDetails & {
  readonly conversationId: string;
  readonly channelId: string;
  /** When, in epoch milliseconds. */
  readonly at: number;
};
