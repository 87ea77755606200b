import type { NewId } from '../random-id.js';
import type { Schedule } from '../schedule.js';
import type { Conversations } from './conversations.js';
import type { Directory } from './directory.js';
import type { Conversation, NewConversation, Queue } from './records.js';

export interface RouterOptions {
  readonly directory: Directory;
  readonly clock: () => number;
  readonly newId: NewId;
  readonly schedule: Schedule;
  readonly routingMs: number;
}

/** Starts interactions, queues them and ends them. */
export class Router {
  readonly #conversations: Conversations;
  readonly #options: RouterOptions;

  constructor(conversations: Conversations, options: RouterOptions) {
    this.#conversations = conversations;
    this.#options = options;
    options.schedule.handle('route', ({ conversationId, interactionId }) => {
      const conversation = conversations.byId(conversationId);
      // It may have started, or been cancelled, in the meantime.
      if (conversation.pendingInteractionId === interactionId) this.routeNow(conversation);
    });
  }

  /** Routes after the reply has been sent, as the vendor does; once, however many messages request it. */
  routeSoon(conversation: Conversation): void {
    if (conversation.pendingInteractionId !== null) return;
    const interactionId = this.#options.newId();
    conversation.pendingInteractionId = interactionId;
    this.#options.schedule.after(this.#options.routingMs, 'route', { conversationId: conversation.id, interactionId });
  }

  /** Does nothing if no interaction is pending. */
  routeNow(conversation: Conversation): void {
    const { pendingInteractionId } = conversation;
    if (pendingInteractionId === null) return;
    this.cancel(conversation);
    const withScript = conversation.assignment.type === 'script';
    conversation.state = 'active';
    if (withScript) {
      this.emitChange(conversation);
      return;
    }
    this.#begin(conversation, pendingInteractionId);
    conversation.assignment = { type: 'queue', id: conversation.queueId };
    this.emitChange(conversation);
    this.enqueue(conversation, this.#options.directory.queue(conversation.queueId));
  }

  /**
   * Assigns a conversation without an agent. An active one is queued immediately, in a new interaction if a script had it; a script has no
   * interaction. One that has not started, or is idle, starts there later.
   */
  assign(conversation: Conversation, { type, id }: NonNullable<NewConversation['assignment']>): void {
    const isQueuedThere = conversation.assignment.type === 'queue' && conversation.assignment.id === id;
    const openInteraction = conversation.interactions.find(({ endTime }) => endTime === null);
    if (type === 'queue') conversation.queueId = id;
    conversation.assignment = { type, id };
    if (type === 'script' && openInteraction !== undefined) openInteraction.endTime = this.#options.clock();
    const shouldQueue = type === 'queue' && conversation.state === 'active' && !isQueuedThere;
    if (shouldQueue && openInteraction === undefined) this.#begin(conversation, this.#options.newId());
    this.emitChange(conversation);
    if (shouldQueue) this.enqueue(conversation, this.#options.directory.queue(id));
  }

  cancel(conversation: Conversation): void {
    conversation.pendingInteractionId = null;
  }

  /** The interaction of a message that is added now, which may be pending; null if a script has the conversation. */
  findInteractionId(conversation: Conversation): string | null {
    if (conversation.pendingInteractionId !== null) return conversation.pendingInteractionId;
    return conversation.state === 'active' ? (conversation.interactions.at(-1)?.id ?? null) : null;
  }

  enqueue(conversation: Conversation, queue: Queue): void {
    conversation.queueId = queue.id;
    conversation.assignment = { type: 'queue', id: queue.id };
    this.#conversations.emit(conversation, { kind: 'queued', queue });
  }

  /** The conversation stays assigned to the queue in which a new message reopens it. */
  end(conversation: Conversation): void {
    const interaction = conversation.interactions.at(-1);
    if (interaction !== undefined) interaction.endTime ??= this.#options.clock();
    conversation.state = 'idle';
    conversation.assignment = { type: 'queue', id: conversation.queueId };
    this.emitChange(conversation);
  }

  /** Ends the interaction and assigns the conversation to a bot, shown as a script with the webhook's id, until it is moved or the customer leaves. */
  returnToBot(conversation: Conversation, webhookId: string): void {
    const interaction = conversation.interactions.at(-1);
    if (interaction !== undefined) interaction.endTime ??= this.#options.clock();
    conversation.returnTo = null;
    conversation.assignment = { type: 'script', id: webhookId };
    this.emitChange(conversation);
  }

  emitChange(conversation: Conversation): void {
    const { state, assignment, customer, channelType } = conversation;
    this.#conversations.emit(conversation, { kind: 'conversation-changed', state, assignment, customer, channelType });
  }

  #begin(conversation: Conversation, interactionId: string): void {
    conversation.interactions.push({ id: interactionId, startTime: this.#options.clock(), endTime: null });
  }
}
