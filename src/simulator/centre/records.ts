/** Conversations wait in it for one of its agents. */
export interface Queue {
  readonly id: string;
  readonly name: string;
  readonly agentIds: readonly string[];
}

export interface Agent {
  readonly id: string;
  readonly name: string;
}

/** Receives events. */
export interface Webhook {
  readonly id: string;
  name: string;
  /** Null if there is no address yet: events are retried. */
  uri: string | null;
  /** The event format. */
  version: string;
}

/** Routes new conversations to a queue and their events to a webhook. */
export interface Channel {
  readonly id: string;
  name: string;
  readonly type: string;
  queueId: string;
  webhookId: string;
}

/** The standard fields of a customer; anything else is an additional property. */
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
  /** Unknown fields, unchanged. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly additionalProperties: readonly { readonly id?: string; readonly key: string; readonly value: string }[];
}

export type AuthorType = 'user' | 'bot' | 'agent' | 'system';

export interface Participant {
  readonly id: string;
  readonly type: AuthorType;
  language: string;
  /** True after leaving; false again after rejoining. */
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
  /** The end of its URL, which grants access. */
  readonly token: string;
  /** Public download URL. */
  readonly url: string;
}

/** An attachment with its content. */
export interface StoredFile {
  readonly attachment: Attachment;
  readonly size: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** In order. */
  readonly chunks: readonly Uint8Array[];
}

export interface Message {
  readonly id: string;
  /** Null for the history passed at creation. */
  readonly interactionId: string | null;
  readonly author: Participant;
  /** Empty if a message consists of cards or attachments only. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly attachments: readonly Attachment[];
  readonly cards: readonly Card[];
  readonly externalProvider: ExternalProvider | null;
  /** False while message lists lag behind. */
  listed: boolean;
}

/** One handling by the contact centre: from queueing, across transfers, to the end. */
export interface Interaction {
  readonly id: string;
  readonly startTime: number;
  /** Null while it is open. */
  endTime: number | null;
}

export interface Assignment {
  readonly type: 'queue' | 'agent' | 'script';
  readonly id: string;
}

/** A conversation is never deleted: it has one interaction after another. Only the `ContactCentre` changes it. */
export interface Conversation {
  readonly id: string;
  /** The channel it was created in, which may have been deleted since. */
  readonly channelId: string;
  readonly channelType: string;
  readonly createdAt: number;
  customer: Customer;
  /** `created`: no interaction yet; `active`: one is open (or a script has it); `idle`: the last one has ended. */
  state: 'created' | 'active' | 'idle';
  assignment: Assignment;
  /** Its current or last queue. */
  queueId: string;
  readonly interactions: Interaction[];
  /** Oldest first. */
  readonly messages: Message[];
  /** By attachment id. */
  readonly files: Map<string, StoredFile>;
  /** The time up to which the customer and the bot have read, in epoch milliseconds. */
  readonly readUpTo: Partial<Record<'user' | 'bot', number>>;
  /** The interaction that is about to start; null if none. */
  pendingInteractionId: string | null;
  /** The webhook of the bot that gets it after the agent leaves; null if none. */
  returnTo: string | null;
  /** By id, in order of appearance. */
  readonly participants: Map<string, Participant>;
  /** Ids of the participants who are typing. */
  readonly typing: Set<string>;
  /** True while new messages are missing from lists. */
  listsLag: boolean;
}

/** The content of a new message. */
export interface NewMessage {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly cards: readonly Pick<Card, 'contentType' | 'content'>[];
  /** Replaces the text if another provider stores the message. */
  readonly externalProvider?: ExternalProvider;
}

export interface ExternalProvider {
  readonly name: string;
  readonly externalMessageId: string;
}

/** A new message sent through the API. */
export interface NewApiMessage extends NewMessage {
  readonly authorType: 'user' | 'bot';
}

/** A partial change of a conversation; null leaves a property unchanged. */
export interface ConversationChange {
  /** Omitted fields stay unchanged. */
  readonly fields: Customer['fields'] | null;
  readonly metadata: Customer['metadata'] | null;
  /** Replaces all existing ones. */
  readonly additionalProperties: Customer['additionalProperties'] | null;
  readonly assignment: NewConversation['assignment'];
}

/** A replacement of a conversation's data; null leaves a property unchanged. */
export interface WholeConversation {
  readonly customer: Customer | null;
  readonly assignment: NewConversation['assignment'];
}

export interface NewConversation {
  readonly channelId: string;
  readonly customer: Customer;
  /** Null assigns it to the channel's queue. */
  readonly assignment: { readonly type: 'queue' | 'script'; readonly id: string } | null;
  /** Oldest first. */
  readonly history: readonly NewApiMessage[];
}
