import type { ConversationEvent } from '../../domain/event.js';
import type { HealingRejection } from '../../domain/healing.js';
import type { Digestible } from '../../domain/message-digest.js';
import type { Appended } from './stored-event.js';

/** Messages of one conversation that history lists, and for which no event has arrived in time; in the list's order. */
export interface OverdueMessages<M> {
  readonly conversationId: string;
  /** Messages from then on are expected to have events, though no event of the conversation is stored that is older; null if nothing is known. */
  readonly since: Date | null;
  readonly messages: readonly M[];
}

/** A listed message, as identified before by `identifyListedMessages`. */
export interface OverdueMessage {
  readonly listedId: string;
  readonly createdAt: Date;
  readonly content: Digestible;
}

/** The event of a listed message that is overdue. */
export interface HealingEvent {
  readonly listedId: string;
  readonly event: ConversationEvent<'MESSAGE_ADDED'> & { readonly conversationId: string };
}

/** The append of an overdue message's event; or why nothing was appended. */
export type HealingOutcome = Appended | HealingRejection;
