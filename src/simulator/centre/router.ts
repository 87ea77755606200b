import type { NewId } from '../random-id.js';
import type { Timers } from '../timers.js';
import type { Conversations } from './conversations.js';
import type { Directory } from './directory.js';
import type { Conversation, NewConversation, Queue } from './records.js';

export interface RouterOptions {
  readonly directory: Directory;
  readonly clock: () => number;
  readonly newId: NewId;
  readonly timers: Timers;
  readonly routingMs: number;
}

interface PendingInteraction {
  readonly id: string;
  readonly cancel: () => void;
}

/** Begins interactions, puts them into queues and ends them. */
export class Router {
  readonly #conversations: Conversations;
  readonly #options: RouterOptions;
  /** Interactions that are about to begin, by conversation. */
  readonly #pending = new Map<string, PendingInteraction>();

  constructor(conversations: Conversations, options: RouterOptions) {
    this.#conversations = conversations;
    this.#options = options;
  }

  /** After the reply and on its own time, as the vendor does it; once, however many messages ask for it. */
  routeSoon(conversation: Conversation): void {
    if (this.#pending.has(conversation.id)) return;
    const cancel = this.#options.timers.after(this.#options.routingMs, () => {
      this.routeNow(conversation);
    });
    this.#pending.set(conversation.id, { id: this.#options.newId(), cancel });
  }

  /** Without effect when nothing is pending. */
  routeNow(conversation: Conversation): void {
    const pending = this.cancel(conversation);
    if (pending === undefined) return;
    const withScript = conversation.assignment.type === 'script';
    conversation.state = 'active';
    if (withScript) {
      this.emitChange(conversation);
      return;
    }
    this.#begin(conversation, pending.id);
    conversation.assignment = { type: 'queue', id: conversation.queueId };
    this.emitChange(conversation);
    this.enqueue(conversation, this.#options.directory.queue(conversation.queueId));
  }

  /**
   * Assigns a conversation that no agent has (any more). One that goes on is queued at once, in a new interaction where a script had it; with a script
   * there is no interaction. One that is yet to begin, or to reopen, will do so there.
   */
  assign(conversation: Conversation, { type, id }: NonNullable<NewConversation['assignment']>): void {
    const waitsThere = conversation.assignment.type === 'queue' && conversation.assignment.id === id;
    const openInteraction = conversation.interactions.find(({ endTime }) => endTime === null);
    if (type === 'queue') conversation.queueId = id;
    conversation.assignment = { type, id };
    if (type === 'script' && openInteraction !== undefined) openInteraction.endTime = this.#options.clock();
    const queueNow = type === 'queue' && conversation.state === 'active' && !waitsThere;
    if (queueNow && openInteraction === undefined) this.#begin(conversation, this.#options.newId());
    this.emitChange(conversation);
    if (queueNow) this.enqueue(conversation, this.#options.directory.queue(id));
  }

  cancel(conversation: Conversation): PendingInteraction | undefined {
    const pending = this.#pending.get(conversation.id);
    pending?.cancel();
    this.#pending.delete(conversation.id);
    return pending;
  }

  /** The interaction to which a message of this moment belongs, which may be about to begin; null with a script. */
  findInteractionId(conversation: Conversation): string | null {
    const pending = this.#pending.get(conversation.id);
    if (pending !== undefined) return pending.id;
    return conversation.state === 'active' ? (conversation.interactions.at(-1)?.id ?? null) : null;
  }

  enqueue(conversation: Conversation, queue: Queue): void {
    conversation.queueId = queue.id;
    conversation.assignment = { type: 'queue', id: queue.id };
    this.#conversations.emit(conversation, { kind: 'queued', queue });
  }

  /** It stays assigned to the queue in which a new message would reopen it. */
  end(conversation: Conversation): void {
    const interaction = conversation.interactions.at(-1);
    if (interaction !== undefined) interaction.endTime ??= this.#options.clock();
    conversation.state = 'idle';
    conversation.assignment = { type: 'queue', id: conversation.queueId };
    this.emitChange(conversation);
  }

  /** The interaction is over, and the conversation goes on with a bot, which is told as a script of the webhook's id. It stays there until it is moved or left. */
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
