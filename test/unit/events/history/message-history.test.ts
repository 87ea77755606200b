import type { MessageContent, MessageRecord, NamedMessage } from '../../../../src/domain/message.js';
import type { Window, WindowOf } from '../../../../src/domain/window.js';
import { LIST_LAG_MS, MessageHistory } from '../../../../src/events/history/message-history.js';
import { seededRandom } from '../../../contract/event-log/seeded-random.js';
import { MatchingStore } from '../../domain/matching-store.js';

const T = 1_767_225_600_000;
const SECOND = 1_000;

const content = (text: string): MessageContent => ({
  author: { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null },
  text,
  attachments: [],
  cards: [],
});

/** A conversation whose list a test fills by hand. Message `n` is called `n` and is said at second `n`. */
class Conversation {
  readonly store = new MatchingStore();
  readonly clock = { now: T };
  readonly history = new MessageHistory(this.store, () => this.clock.now, true);
  list: MessageRecord[] = [];
  fetched: Window[] = [];

  lists(...numbers: number[]): void {
    for (const number of numbers) {
      const ids = { listedId: `m${number}`, messageId: `m${number}`, translatedText: null, interactionId: null };
      this.list.push({ ...content(`${number}`), ...ids, createdAt: new Date(T + number * SECOND) });
    }
  }

  sendEvents(...numbers: number[]): void {
    for (const number of numbers) this.tellsBehind(number, 0);
  }

  /** By a clock that is so many seconds behind the list's. */
  tellsBehind(number: number, seconds: number): void {
    const [occurredAt, receivedAt] = [new Date(T + (number - seconds) * SECOND), new Date(this.clock.now)];
    const message = content(`${number}`);
    void this.store.append({
      ...{ id: `e${number}`, conversationId: 'c1', type: 'MESSAGE_ADDED', occurredAt, receivedAt, source: 'WEBHOOK' },
      data: { message, isEcho: false },
    });
  }

  async window(window: Partial<Window> = {}, fetch = this.fetch): Promise<WindowOf<NamedMessage>> {
    return this.history.window('c1', { kind: 'last', count: 5, from: 0, before: null, ...window }, fetch);
  }

  readonly fetch = (window: Window): Promise<WindowOf<MessageRecord>> => {
    this.fetched.push(window);
    return Promise.resolve(windowOfList(this.list, window));
  };
}

/** What a window of a list is, by its definition. */
function windowOfList<T>(list: readonly T[], { kind, count, from, before }: Window): WindowOf<T> {
  const end = Math.min(before ?? list.length, list.length);
  const start = kind === 'first' ? from : Math.max(Math.min(from, end), end - count);
  const items = list.slice(start, kind === 'first' ? Math.min(end, start + count) : end);
  return { items, start, total: list.length, hasMore: kind === 'first' ? start + items.length < list.length : start > 0 };
}

const texts = ({ items }: WindowOf<NamedMessage>) => items.map(({ text }) => text);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the history of a conversation', () => {
  it('shows messages after the list that are known from events and not listed yet', async () => {
    const conversation = new Conversation();
    conversation.lists(1, 2);
    conversation.sendEvents(1, 2, 4, 3);
    const window = await conversation.window();
    expect(texts(window)).toEqual(['1', '2', '3', '4']);
    expect(window).toMatchObject({ start: 0, total: 4, hasMore: false });
    expect(window.items.map(({ identity }) => identity.id)).toEqual(['ee1', 'ee2', 'ee3', 'ee4']);
  });

  it('does not treat as unlisted what lies in the list before the window', async () => {
    const conversation = new Conversation();
    conversation.lists(...upTo(30));
    conversation.sendEvents(...upTo(30));
    expect(texts(await conversation.window())).toEqual(['26', '27', '28', '29', '30']);
    expect(await conversation.window()).toMatchObject({ start: 25, total: 30, hasMore: true });
    conversation.lists(31);
    conversation.sendEvents(31, 32);
    expect(texts(await conversation.window({ kind: 'first', from: 30, count: 20 }))).toEqual(['31', '32']);
  });

  it('shows what the list lacks though the clock of events is behind by more than the window is long', async () => {
    const conversation = new Conversation();
    conversation.lists(...upTo(20));
    for (const number of upTo(20)) conversation.tellsBehind(number, 5);
    await conversation.window({ count: 20 });
    conversation.tellsBehind(21, 5);
    expect(texts(await conversation.window({ count: 2 }))).toEqual(['20', '21']);
  });

  it('does so even where more events have come than one page can hold', async () => {
    const conversation = new Conversation();
    conversation.lists(...upTo(300));
    conversation.sendEvents(...upTo(301));
    expect(texts(await conversation.window())).toEqual(['297', '298', '299', '300', '301']);
    expect(conversation.fetched).toEqual([{ kind: 'last', count: 100, from: 0, before: null }]);
  });

  it('shows what the list lacked when it answered, though somebody else has found it there meanwhile', async () => {
    const conversation = new Conversation();
    conversation.lists(1);
    conversation.sendEvents(1, 2);
    let answer = (): void => undefined;
    const waiting = conversation.window({}, async (window) => {
      const old = await conversation.fetch(window);
      await new Promise<void>((resolve) => (answer = resolve));
      return old;
    });
    await Promise.resolve();
    conversation.lists(2);
    expect(texts(await conversation.window())).toEqual(['1', '2']);
    answer();
    expect(texts(await waiting)).toEqual(['1', '2']);
  });

  it('stops filling in after a while, once the list shows something newer', async () => {
    const conversation = new Conversation();
    conversation.sendEvents(1);
    conversation.clock.now += LIST_LAG_MS + 1;
    expect(texts(await conversation.window())).toEqual(['1']);
    conversation.lists(60);
    expect(texts(await conversation.window())).toEqual(['60']);
  });

  it('shows the same through any window as if list and tail were one list', async () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = seededRandom(seed);
      const upToRandom = (max: number) => Math.floor(random() * (max + 1));
      const conversation = new Conversation();
      const [length, tail] = [upToRandom(12), upToRandom(3)];
      conversation.lists(...upTo(length));
      conversation.sendEvents(...upTo(length + tail).filter((number) => number > length || random() < 0.5));
      const whole = upTo(length + tail).map(String);
      const before = random() < 0.3 ? upToRandom(whole.length) : null;
      const from = random() < 0.3 ? upToRandom(Math.min(length, before ?? length)) : 0;
      const window: Window = { kind: random() < 0.5 ? 'first' : 'last', count: 1 + upToRandom(6), from, before };
      const seen = await conversation.window(window);
      const expected = windowOfList(whole, window);
      // A window that ends within the list does not show that more is known than listed.
      const isEnd = seen.total === whole.length;
      expect({ seed, window, items: texts(seen), start: seen.start }).toEqual({
        seed,
        window,
        items: expected.items,
        start: expected.start,
      });
      expect({ seed, total: seen.total }).toEqual({ seed, total: isEnd ? whole.length : length });
      if (isEnd) expect({ seed, hasMore: seen.hasMore }).toEqual({ seed, hasMore: expected.hasMore });
    }
  });

  it('converts the message of an event as history does', async () => {
    const conversation = new Conversation();
    conversation.sendEvents(1);
    conversation.lists(1);
    const [listed] = (await conversation.window()).items;
    const [event] = conversation.store.logged();
    expect(listed).toMatchObject(event === undefined ? {} : { ...conversation.history.ofEvent(event) });
    expect(listed?.messageId).toBe('m1');
  });
});
