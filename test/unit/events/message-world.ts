import { readWindow } from '../../../src/datasources/paged-window.js';
import type { MessageContent, MessageRecord, NamedMessage } from '../../../src/domain/message.js';
import { windowInList, windowInSection, windowOfArray } from '../../../src/domain/window.js';
import type { Section, Window, WindowOf } from '../../../src/domain/window.js';
import { MessageHistory } from '../../../src/events/history/message-history.js';
import { MatchingStore } from '../domain/matching-store.js';

const START = 1_767_225_600_000;

/** How an upstream lists messages: in pages with ids and times, or as a whole with neither. */
export type Listing = 'pages' | 'whole';

export interface WorldOptions {
  readonly listing: Listing;
  /** By how much the clock of events is ahead of the list's, in milliseconds. */
  readonly eventsAheadMs: number;
}

const content = (text: string): MessageContent => ({
  author: { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null },
  text,
  attachments: [],
  cards: [],
});

/** One conversation: its messages, of which the upstream lists the first ones, and the events of some of them, all received just now. Message `n` has the text `n`. */
export class MessageWorld {
  readonly #store = new MatchingStore();
  readonly #history: MessageHistory;
  readonly #times: number[] = [];
  #listed = 0;
  #now = START;
  /** Pages that the upstream was asked for. */
  pagesRead = 0;

  constructor(private readonly options: WorldOptions) {
    this.#history = new MessageHistory(this.#store, () => START, options.listing === 'pages');
  }

  /** The texts of all messages that the upstream lists or an event has announced, in order. */
  get texts(): readonly string[] {
    return this.#times.map((_, index) => String(index));
  }

  get listed(): number {
    return this.#listed;
  }

  /** Somebody writes, with an event. */
  say(afterMs: number): void {
    this.#now += afterMs;
    const number = this.#times.push(this.#now) - 1;
    const occurredAt = new Date(this.#now + this.options.eventsAheadMs);
    const event = { id: String(number), conversationId: 'c1', occurredAt, receivedAt: new Date(START), source: 'WEBHOOK' as const };
    void this.#store.append({ ...event, type: 'MESSAGE_ADDED', data: { message: content(String(number)), isEcho: false } });
  }

  /** Somebody writes; the upstream lists it, and all before it, and no event reports it. */
  sayUnheard(afterMs: number): void {
    this.#now += afterMs;
    this.#listed = this.#times.push(this.#now);
  }

  /** The upstream lists up to so many messages more. */
  list(count: number): void {
    this.#listed = Math.min(this.#times.length, this.#listed + count);
  }

  /** A window of the conversation's messages, or of a section of them. */
  async window(window: Window, section: Section | null): Promise<WindowOf<NamedMessage>> {
    const read = (part: Window) => this.#history.window('c1', part, (wide) => this.#fetch(wide));
    return section === null ? read(window) : windowInSection(await read(windowInList(window, section)), section);
  }

  #fetch(window: Window): Promise<WindowOf<MessageRecord>> {
    const list = this.#times.slice(0, this.#listed).map((time, index) => this.#record(index, time));
    if (this.options.listing === 'whole') {
      this.pagesRead += 1;
      return Promise.resolve(windowOfArray(window, list));
    }
    return readWindow(({ size, page, reversed }) => {
      this.pagesRead += 1;
      const ordered = reversed ? [...list].reverse() : list;
      return Promise.resolve({ items: ordered.slice(page * size, (page + 1) * size), total: list.length });
    }, window);
  }

  #record(index: number, time: number): MessageRecord {
    const hasTimes = this.options.listing === 'pages';
    return {
      ...content(String(index)),
      listedId: `listed ${index}`,
      messageId: hasTimes ? `listed ${index}` : null,
      createdAt: hasTimes ? new Date(time) : null,
      translatedText: null,
      interactionId: null,
    };
  }
}
