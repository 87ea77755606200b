/** A line in which conversations wait for one of its agents. */
export interface Queue {
  readonly id: string;
  readonly name: string;
  readonly agentIds: readonly string[];
}

export interface Agent {
  readonly id: string;
  readonly name: string;
}

/** Where events are sent. */
export interface Webhook {
  readonly id: string;
  name: string;
  /** Null while nobody has told an address: events wait. */
  uri: string | null;
  /** In which generation's format it wants its events. */
  version: string;
}

/** A way into the contact centre: to a queue, with a webhook to report to. */
export interface Channel {
  readonly id: string;
  name: string;
  readonly type: string;
  queueId: string;
  webhookId: string;
}

/** The names under which the contact centre itself knows something of a customer; anything else is an additional property. */
export const CUSTOMER_FIELDS = [
  'name',
  'userId',
  'customerId',
  'email',
  'phone',
  'company',
  'caseId',
  'language',
  'ipaddress',
  'timezoneOffset',
] as const;

export interface Customer {
  readonly fields: Readonly<Partial<Record<(typeof CUSTOMER_FIELDS)[number], string>>>;
  /** What else it was said to have, as it came. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly additionalProperties: readonly { readonly id?: string; readonly key: string; readonly value: string }[];
}

export type AuthorType = 'user' | 'bot' | 'agent' | 'system';

export interface Participant {
  readonly id: string;
  readonly type: AuthorType;
  language: string;
  /** True once it has left; false again when it comes back. */
  removed: boolean;
}

export interface Card {
  readonly id: string;
  readonly contentType: string;
  readonly content: Readonly<Record<string, unknown>>;
  actionSubmitted: boolean;
  actionExecuted: boolean;
}

export interface Attachment {
  readonly id: string;
  readonly fileName: string;
  readonly contentType: string;
  /** Where whoever knows it may fetch it. */
  readonly url: string;
}

/** An attachment with what was uploaded. */
export interface StoredFile {
  readonly attachment: Attachment;
  readonly size: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** One after the other. */
  readonly chunks: readonly Uint8Array[];
}

export interface Message {
  readonly id: string;
  /** Null on the history that was given at creation. */
  readonly interactionId: string | null;
  readonly author: Participant;
  /** Empty where a message consists of cards or attachments only. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly attachments: readonly Attachment[];
  readonly cards: readonly Card[];
  readonly externalProvider: ExternalProvider | null;
  /** False while the message lists have not caught up with it. */
  listed: boolean;
}

/** One handling by the contact centre: from queueing, over transfers, to the end. */
export interface Interaction {
  readonly id: string;
  readonly startTime: number;
  /** Null while it goes on. */
  endTime: number | null;
}

export interface Assignment {
  readonly type: 'queue' | 'agent' | 'script';
  readonly id: string;
}

/** A conversation never dies: it goes from interaction to interaction. Changed by the `ContactCentre` only. */
export interface Conversation {
  readonly id: string;
  /** The channel it came in by, which may have been deleted since. */
  readonly channelId: string;
  readonly channelType: string;
  readonly createdAt: number;
  customer: Customer;
  /** `created`: no interaction yet; `active`: one goes on (or a script has it); `idle`: it is over. */
  state: 'created' | 'active' | 'idle';
  assignment: Assignment;
  /** The queue that has it or had it last. */
  queueId: string;
  readonly interactions: Interaction[];
  /** Oldest first. */
  readonly messages: Message[];
  /** By attachment id. */
  readonly files: Map<string, StoredFile>;
  /** Up to when the customer and the bot have read, in epoch milliseconds. */
  readonly readUpTo: Partial<Record<'user' | 'bot', number>>;
  /** The webhook whose bot gets it once the agent has left; null: nobody. */
  returnTo: string | null;
  /** By id, in order of appearance. */
  readonly participants: Map<string, Participant>;
  /** Ids of the participants who are typing. */
  readonly typing: Set<string>;
  /** New messages do not show in lists for the time being. */
  listsLag: boolean;
}

/** What a message to be written holds. */
export interface NewMessage {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly cards: readonly Pick<Card, 'contentType' | 'content'>[];
  /** Where it is held, in the place of its text. */
  readonly externalProvider?: ExternalProvider;
}

export interface ExternalProvider {
  readonly name: string;
  readonly externalMessageId: string;
}

/** A message written through the API. */
export interface NewApiMessage extends NewMessage {
  readonly authorType: 'user' | 'bot';
}

/** What can be changed of a conversation; null: stays as it is. */
export interface ConversationChange {
  /** Fields that are not given stay. */
  readonly fields: Customer['fields'] | null;
  readonly metadata: Customer['metadata'] | null;
  /** Instead of all that were there. */
  readonly additionalProperties: Customer['additionalProperties'] | null;
  readonly assignment: NewConversation['assignment'];
}

/** What a conversation is to be; null: stays as it is. */
export interface WholeConversation {
  readonly customer: Customer | null;
  readonly assignment: NewConversation['assignment'];
}

export interface NewConversation {
  readonly channelId: string;
  readonly customer: Customer;
  /** Null: to the channel's queue. */
  readonly assignment: { readonly type: 'queue' | 'script'; readonly id: string } | null;
  /** Oldest first. */
  readonly history: readonly NewApiMessage[];
}
