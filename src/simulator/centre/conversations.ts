import type { NewId } from '../random-id.js';
import { saveConversation, saveMessage } from '../state/conversation-records.js';
import type { Journal } from '../state/journal.js';
import type { CentreEvent, EventDetails } from './centre-event.js';
import { RejectedRequest } from './rejected-request.js';
import type { AuthorType, Channel, Conversation, Message, NewConversation, NewMessage, Participant } from './records.js';

/** The participant ids of the customer and the bot in every conversation; an agent has its own. */
const API_PARTICIPANTS: Readonly<Record<'user' | 'bot', string>> = { user: 'user', bot: 'bot' };

/** Stores all conversations and emits their events. */
export class Conversations {
  readonly #conversations = new Map<string, Conversation>();
  readonly #listeners: ((event: CentreEvent) => void)[] = [];
  readonly #clock: () => number;
  readonly #newId: NewId;
  readonly #journal: Journal;

  constructor(clock: () => number, newId: NewId, journal: Journal) {
    this.#clock = clock;
    this.#newId = newId;
    this.#journal = journal;
  }

  /** Adds conversations of an earlier process. */
  restore(conversations: readonly Conversation[]): void {
    for (const conversation of conversations) this.#conversations.set(conversation.id, conversation);
  }

  onEvent(listener: (event: CentreEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(conversation: Conversation, details: EventDetails): void {
    const event: CentreEvent = { ...details, conversationId: conversation.id, channelId: conversation.channelId, at: this.#clock() };
    for (const listener of this.#listeners) listener(event);
  }

  all(): readonly Conversation[] {
    return [...this.#conversations.values()];
  }

  /** Whoever finds a conversation may change it: the journal compares it. */
  find(id: string): Conversation | undefined {
    const conversation = this.#conversations.get(id);
    if (conversation !== undefined) this.#journal.note('conversation', id, () => ({ value: saveConversation(conversation) }));
    return conversation;
  }

  /** Notes a new or changed message. */
  recordMessage(conversation: Conversation, message: Message): void {
    this.#journal.note('message', message.id, () => ({ value: saveMessage(conversation.id, message) }));
  }

  /** @throws RejectedRequest if it does not exist */
  byId(id: string): Conversation {
    const conversation = this.find(id);
    if (conversation === undefined) throw new RejectedRequest('unknown', `there is no conversation ${id}`);
    return conversation;
  }

  /** Creates a conversation in the state `created`. Its history emits no events. */
  open(request: NewConversation, channel: Channel): Conversation {
    const assignment = request.assignment ?? { type: 'queue', id: channel.queueId };
    const conversation: Conversation = {
      id: this.#newId(),
      channelId: channel.id,
      channelType: channel.type,
      createdAt: this.#clock(),
      customer: request.customer,
      state: 'created',
      assignment,
      queueId: assignment.type === 'queue' ? assignment.id : channel.queueId,
      interactions: [],
      messages: [],
      files: new Map(),
      readUpTo: {},
      pendingInteractionId: null,
      returnTo: null,
      participants: new Map(),
      typing: new Set(),
      listsLag: false,
    };
    this.#conversations.set(conversation.id, conversation);
    this.apiParticipant(conversation, 'user');
    for (const message of request.history) {
      this.add(conversation, this.apiParticipant(conversation, message.authorType), message, null);
    }
    return this.byId(conversation.id);
  }

  add(conversation: Conversation, author: Participant, content: NewMessage, interactionId: string | null): Message {
    const message: Message = {
      id: this.#newId(),
      interactionId,
      author,
      text: content.text,
      createdAt: this.#clock(),
      attachments: content.attachments,
      cards: content.cards.map((card) => ({ ...card, id: this.#newId(), actionSubmitted: false, actionExecuted: false })),
      externalProvider: content.externalProvider ?? null,
      listed: !conversation.listsLag,
    };
    conversation.messages.push(message);
    this.recordMessage(conversation, message);
    return message;
  }

  apiParticipant(conversation: Conversation, type: 'user' | 'bot'): Participant {
    return this.participant(conversation, API_PARTICIPANTS[type], type);
  }

  /** Adds the participant, or marks it as present again. */
  participant(conversation: Conversation, id: string, type: AuthorType): Participant {
    const language = type === 'user' ? (conversation.customer.fields.language ?? 'en') : 'en';
    const participant = conversation.participants.get(id) ?? { id, type, language, removed: false };
    participant.removed = false;
    conversation.participants.set(id, participant);
    return participant;
  }

  setTyping(conversation: Conversation, participantId: string, typing: boolean): void {
    if (conversation.typing.has(participantId) === typing) return;
    if (typing) conversation.typing.add(participantId);
    else conversation.typing.delete(participantId);
    const writers = [...conversation.participants.values()].filter(({ id }) => conversation.typing.has(id));
    this.emit(conversation, { kind: 'typing-changed', typing: writers });
  }
}
