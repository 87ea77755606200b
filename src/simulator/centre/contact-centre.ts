import type { NewId } from '../random-id.js';
import type { Schedule } from '../schedule.js';
import type { Journal } from '../state/journal.js';
import { Conversations } from './conversations.js';
import type { Directory } from './directory.js';
import { AttachmentStore } from './attachment-store.js';
import type { CardAction, CentreEvent } from './centre-event.js';
import { RejectedRequest } from './rejected-request.js';
import { Router } from './router.js';
import type {
  Agent,
  Conversation,
  ConversationChange,
  Customer,
  Message,
  NewApiMessage,
  NewConversation,
  NewMessage,
  WholeConversation,
} from './records.js';

export interface ContactCentreOptions {
  readonly directory: Directory;
  readonly clock: () => number;
  readonly newId: NewId;
  readonly schedule: Schedule;
  readonly journal: Journal;
  /** Milliseconds from creating or reopening a conversation until its interaction is queued. */
  readonly routingMs: number;
  /** The public download URL for a token. */
  readonly fileUrl: (token: string) => string;
}

/**
 * The contact centre, independent of an API generation: customers write through the API; agents accept, type, write, transfer and leave. Agents do
 * nothing on their own: the `agent…` methods play them, and throw a `RejectedRequest` if the object does not exist or its state does not allow the action.
 */
export class ContactCentre {
  readonly directory: Directory;
  /** All uploads. */
  readonly files: AttachmentStore;
  readonly #conversations: Conversations;
  readonly #router: Router;

  constructor(options: ContactCentreOptions) {
    this.directory = options.directory;
    this.#conversations = new Conversations(options.clock, options.newId, options.journal);
    this.#router = new Router(this.#conversations, options);
    this.files = new AttachmentStore(options);
  }

  /** Adds conversations of an earlier process, with their messages. */
  restore(conversations: readonly Conversation[]): void {
    this.#conversations.restore(conversations);
  }

  /** Calls `listener` synchronously with each event from now on. */
  onEvent(listener: (event: CentreEvent) => void): void {
    this.#conversations.onEvent(listener);
  }

  /** In order of creation. */
  conversations(): readonly Conversation[] {
    return this.#conversations.all();
  }

  find(conversationId: string): Conversation | undefined {
    return this.#conversations.find(conversationId);
  }

  /** @throws RejectedRequest if it does not exist */
  conversation(conversationId: string): Conversation {
    return this.#conversations.byId(conversationId);
  }

  /** Creates a conversation. Its interaction starts after `routingMs`, unless a script has it. */
  create(request: NewConversation): Conversation {
    const conversation = this.#conversations.open(request, this.directory.channel(request.channelId));
    this.#router.emitChange(conversation);
    this.#router.routeSoon(conversation);
    return conversation;
  }

  /** Adds a message sent through the API. In an idle conversation it starts a new interaction in the last one's queue. */
  receive(conversationId: string, message: NewApiMessage): Message {
    const conversation = this.conversation(conversationId);
    if (conversation.state === 'idle') this.#router.routeSoon(conversation);
    const author = this.#conversations.apiParticipant(conversation, message.authorType);
    return this.#write(conversation, author.id, message, true);
  }

  /** Changes the customer's data or the assignment through the API. A new assignment removes the agent; to a queue it is a transfer. */
  change(conversationId: string, change: ConversationChange | WholeConversation): void {
    const conversation = this.conversation(conversationId);
    const { assignment } = change;
    conversation.customer = changedCustomer(conversation.customer, change);
    const { language } = conversation.customer.fields;
    const participant = conversation.participants.get('user');
    if (participant !== undefined && language !== undefined) participant.language = language;
    if (assignment === null) {
      this.#router.emitChange(conversation);
      return;
    }
    const agent = this.agentOf(conversationId);
    if (agent !== null) {
      if (assignment.type === 'queue') this.#conversations.emit(conversation, { kind: 'transferred' });
      this.#removeAgent(conversation, agent);
    }
    this.#router.assign(conversation, assignment);
  }

  /** Removes the customer and the agent and ends the interaction. Idempotent. */
  customerLeaves(conversationId: string): void {
    const conversation = this.conversation(conversationId);
    const customer = this.#conversations.apiParticipant(conversation, 'user');
    const agent = this.agentOf(conversationId);
    this.#router.cancel(conversation);
    customer.removed = true;
    if (conversation.state === 'idle') return;
    this.#conversations.emit(conversation, { kind: 'customer-left', customer });
    if (agent !== null) this.#removeAgent(conversation, agent);
    this.#router.end(conversation);
  }

  /** The customer or the bot is typing, until their next message. */
  apiTypes(conversationId: string, authorType: 'user' | 'bot'): void {
    const conversation = this.conversation(conversationId);
    this.#conversations.setTyping(conversation, this.#conversations.apiParticipant(conversation, authorType).id, true);
  }

  /** Marks a card as used; false if the conversation has no card with that id. */
  useCard(conversationId: string, cardId: string, action: CardAction, data: Readonly<Record<string, unknown>>): boolean {
    const conversation = this.conversation(conversationId);
    const message = conversation.messages.find(({ cards }) => cards.some(({ id }) => id === cardId));
    const card = message?.cards.find(({ id }) => id === cardId);
    if (message === undefined || card === undefined) return false;
    if (action === 'Action.Submit') card.actionSubmitted = true;
    else card.actionExecuted = true;
    this.#conversations.recordMessage(conversation, message);
    this.#conversations.emit(conversation, { kind: 'card-used', action, data });
    return true;
  }

  /** Starts a pending interaction without waiting for `routingMs`. */
  routeNow(conversationId: string): void {
    this.#router.routeNow(this.conversation(conversationId));
  }

  /** The assigned agent; null if the conversation is queued, with a script or idle. */
  agentOf(conversationId: string): Agent | null {
    const { assignment } = this.conversation(conversationId);
    return assignment.type === 'agent' ? this.directory.agent(assignment.id) : null;
  }

  /** An agent of the queue accepts the conversation; by default the queue's first. */
  agentAccepts(conversationId: string, agentId?: string): Agent {
    const conversation = this.conversation(conversationId);
    this.#router.routeNow(conversation);
    if (conversation.state !== 'active' || conversation.assignment.type !== 'queue') {
      throw new RejectedRequest('not-now', 'the conversation is not waiting in a queue');
    }
    const queue = this.directory.queue(conversation.queueId);
    const agent = this.directory.agent(agentId ?? queue.agentIds[0] ?? '');
    if (!queue.agentIds.includes(agent.id)) throw new RejectedRequest('not-now', `agent ${agent.id} does not work in queue ${queue.id}`);
    this.#conversations.participant(conversation, agent.id, 'agent');
    conversation.assignment = { type: 'agent', id: agent.id };
    this.#conversations.emit(conversation, { kind: 'agent-joined', agent });
    return agent;
  }

  /** The agent sends a message, which also ends typing. */
  agentSays(conversationId: string, message: string | NewMessage): Message {
    const conversation = this.conversation(conversationId);
    const agent = this.#presentAgent(conversation);
    const content = typeof message === 'string' ? { text: message, attachments: [], cards: [] } : message;
    return this.#write(conversation, agent.id, content, false);
  }

  agentTypes(conversationId: string, typing = true): void {
    const conversation = this.conversation(conversationId);
    this.#conversations.setTyping(conversation, this.#presentAgent(conversation).id, typing);
  }

  /** The agent has read all messages so far. The vendor describes this event; no channel of it was seen to send it yet. */
  agentReads(conversationId: string): void {
    const conversation = this.conversation(conversationId);
    const reader = this.#conversations.participant(conversation, this.#presentAgent(conversation).id, 'agent');
    this.#conversations.emit(conversation, { kind: 'messages-read', reader });
  }

  /** The agent transfers the conversation to a queue. The vendor guarantees no order of the two events: `order` sets it. */
  agentTransfers(conversationId: string, queueId: string, { order = 'transfer-first' }: { order?: TransferOrder } = {}): void {
    const conversation = this.conversation(conversationId);
    const agent = this.#presentAgent(conversation);
    const queue = this.directory.queue(queueId);
    if (order === 'left-first') this.#removeAgent(conversation, agent);
    this.#conversations.emit(conversation, { kind: 'transferred' });
    if (order === 'transfer-first') this.#removeAgent(conversation, agent);
    this.#router.enqueue(conversation, queue);
  }

  /** The agent ends the interaction. The conversation becomes idle, or returns to a bot if one was assigned for afterwards. */
  agentLeaves(conversationId: string): void {
    const conversation = this.conversation(conversationId);
    this.#removeAgent(conversation, this.#presentAgent(conversation));
    if (conversation.returnTo === null) this.#router.end(conversation);
    else this.#router.returnToBot(conversation, conversation.returnTo);
  }

  /** While on, new messages are missing from lists (and lookups by id), as if these lagged behind; off shows them all. */
  lagMessages(conversationId: string, on: boolean): void {
    const conversation = this.conversation(conversationId);
    conversation.listsLag = on;
    if (!on) for (const message of conversation.messages) message.listed = true;
  }

  hideFromLists(messageId: string): void {
    this.#message(messageId).listed = false;
  }

  showInLists(messageId: string): void {
    this.#message(messageId).listed = true;
  }

  #message(messageId: string): Message {
    const message = this.conversations()
      .flatMap(({ messages }) => messages)
      .find(({ id }) => id === messageId);
    if (message === undefined) throw new RejectedRequest('unknown', `there is no message ${messageId}`);
    return message;
  }

  #write(conversation: Conversation, authorId: string, content: NewMessage, viaApi: boolean): Message {
    const author = conversation.participants.get(authorId);
    if (author === undefined) throw new RejectedRequest('unknown', `there is no participant ${authorId}`);
    this.#conversations.setTyping(conversation, authorId, false);
    const message = this.#conversations.add(conversation, author, content, this.#router.findInteractionId(conversation));
    this.#conversations.emit(conversation, { kind: 'message-added', message, viaApi });
    return message;
  }

  #presentAgent(conversation: Conversation): Agent {
    const agent = this.agentOf(conversation.id);
    if (agent === null) throw new RejectedRequest('not-now', 'no agent has the conversation');
    return agent;
  }

  #removeAgent(conversation: Conversation, agent: Agent): void {
    this.#conversations.setTyping(conversation, agent.id, false);
    this.#conversations.participant(conversation, agent.id, 'agent').removed = true;
    this.#conversations.emit(conversation, { kind: 'agent-left', agent });
  }
}

function changedCustomer(customer: Customer, change: ConversationChange | WholeConversation): Customer {
  if ('customer' in change) return change.customer ?? customer;
  const { fields, metadata, additionalProperties } = change;
  return {
    fields: { ...customer.fields, ...fields },
    metadata: { ...customer.metadata, ...metadata },
    additionalProperties: additionalProperties ?? customer.additionalProperties,
  };
}

/** Which event of a transfer is sent first: the transfer, or the agent's leaving. */
export type TransferOrder = 'transfer-first' | 'left-first';
