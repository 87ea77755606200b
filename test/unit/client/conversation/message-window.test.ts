import {
  EMPTY_WINDOW,
  knownMessages,
  mergeLatest,
  mergeNewer,
  mergeOlder,
  receive,
  windowOf,
} from '../../../../client/src/conversation/message-window.js';
import type { ChatMessage, MessagePage, MessageWindow } from '../../../../client/src/conversation/message-window.js';

/** The message with this number; its cursor is its number, too. */
const message = (number: number): ChatMessage => ({
  id: `m${number}`,
  clientMessageId: null,
  createdAt: null,
  text: String(number),
  author: { id: 'a', type: 'AGENT', name: null },
  attachments: [],
  cards: [],
});

/** A page of a conversation with `count` messages, numbered from 0. */
function page(from: number, to: number, count: number): MessagePage {
  const nodes = Array.from({ length: to - from }, (_, index) => message(from + index));
  const pageInfo = { hasPreviousPage: from > 0, startCursor: String(from), hasNextPage: to < count, endCursor: String(to - 1) };
  return { nodes, pageInfo };
}

const numbers = ({ messages }: MessageWindow) => messages.map(({ text }) => Number(text));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

it('pages from the end to the start', () => {
  let window = mergeLatest(EMPTY_WINDOW, page(20, 30, 30));
  expect(window).toMatchObject({ before: '20', after: null });
  window = mergeOlder(window, page(10, 20, 30));
  expect(window).toMatchObject({ before: '10', after: null });
  window = mergeOlder(window, page(0, 10, 30));
  expect(window).toMatchObject({ before: null, after: null });
  expect(numbers(window)).toEqual(range(0, 30));
});

it('pages from the start to the end, with messages that were written meanwhile at the end only', () => {
  let window = windowOf(page(0, 10, 20));
  expect(window).toMatchObject({ before: null, after: '9' });
  window = receive(window, message(20));
  expect(numbers(window)).toEqual(range(0, 10));
  // Read before message 20 was written.
  window = mergeNewer(window, page(10, 20, 20));
  expect(window).toMatchObject({ before: null, after: null, ahead: [] });
  window = receive(window, message(21));
  expect(numbers(window)).toEqual(range(0, 22));
});

it('shows a message once, whether a page or an event has it first', () => {
  let window = mergeLatest(EMPTY_WINDOW, page(0, 2, 2));
  window = receive(window, message(1));
  window = receive(window, message(2));
  window = mergeLatest(window, page(1, 4, 4));
  expect(numbers(window)).toEqual([0, 1, 2, 3]);
});

it('keeps older pages if a new snapshot adjoins them, and drops them if messages may be missing between', () => {
  const loaded = mergeOlder(mergeLatest(EMPTY_WINDOW, page(10, 20, 20)), page(0, 10, 20));
  const adjoining = mergeLatest(loaded, page(15, 25, 25));
  expect(numbers(adjoining)).toEqual(range(0, 25));
  expect(adjoining.before).toBeNull();
  const apart = mergeLatest(loaded, page(30, 40, 40));
  expect(numbers(apart)).toEqual(range(30, 40));
  expect(apart.before).toBe('30');
});

it('leaves a reader further up where they are when a new snapshot is taken', () => {
  const window = mergeLatest(windowOf(page(0, 10, 100)), page(90, 100, 100));
  expect(numbers(window)).toEqual(range(0, 10));
  expect(knownMessages(window)).toHaveLength(20);
});

it('keeps a message that an empty page, read before it, does not have', () => {
  expect(numbers(mergeLatest(receive(EMPTY_WINDOW, message(0)), page(0, 0, 0)))).toEqual([0]);
});

it('keeps the time that an event had if a list does not know it', () => {
  const timed = receive(EMPTY_WINDOW, { ...message(0), createdAt: '2026-01-01T00:00:00.000Z' });
  expect(mergeLatest(timed, page(0, 1, 1)).messages).toEqual(timed.messages);
});
