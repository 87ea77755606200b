import { windowOfArray } from '../../../../src/domain/window.js';
import type { Window, WindowOf } from '../../../../src/domain/window.js';
import type { ConversationEvent } from '../../../../src/domain/event.js';
import type { MessageContent, MessageRecord } from '../../../../src/domain/message.js';
import { LateEvents } from '../../../../src/events/jobs/late-events.js';
import type { LateEventOutcome } from '../../../../src/events/jobs/late-events.js';
import { HistoryUnavailableError } from '../../../../src/events/port/errors.js';
import { MatchingStore } from '../../domain/matching-store.js';

const T = 1_767_225_600_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const MESSAGES = 5_000;

const content = (text: string): MessageContent => ({
  author: { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null },
  ...{ text, attachments: [], cards: [] },
});

/** A conversation of many messages, one a minute; message `n` has the text `n`. */
const LIST = Array.from({ length: MESSAGES }, (_, number): MessageRecord => ({
  ...content(`${number}`),
  ...{
    listedId: `m${number}`,
    messageId: `m${number}`,
    createdAt: new Date(T + number * MINUTE),
    translatedText: null,
    interactionId: null,
  },
}));

/** The event of message `number`, received an age after it. */
function eventOf(number: number, age: number): ConversationEvent<'MESSAGE_ADDED'> {
  const at = T + number * MINUTE + 1_000;
  return {
    ...{ id: `e${number}`, conversationId: 'c1', occurredAt: new Date(at), receivedAt: new Date(at + age), source: 'WEBHOOK' },
    ...{ type: 'MESSAGE_ADDED', data: { message: content(`${number}`), isEcho: false } },
  };
}

function lateEvents(answer: (window: Window) => WindowOf<MessageRecord> = (window) => windowOfArray(window, LIST)) {
  const state = { now: T, reads: 0, outcomes: [] as LateEventOutcome[] };
  const store = new MatchingStore();
  const events = new LateEvents({
    logFor: () => store,
    clock: () => state.now,
    retryHorizonMs: 24 * HOUR,
    fetch: (_conversationId, window) => {
      state.reads += 1;
      return Promise.resolve().then(() => answer(window));
    },
    onLateEvent: (outcome) => state.outcomes.push(outcome),
  });
  const keyOf = async (number: number, age: number) => (await events.append(eventOf(number, age))).identity?.id;
  return { state, keyOf };
}

describe('an event of a message', () => {
  it('is appended immediately unless it is late', async () => {
    const { state, keyOf } = lateEvents();
    expect(await keyOf(7, 22 * HOUR)).toBe('ee7');
    expect(state).toMatchObject({ reads: 0, outcomes: [] });
  });

  it('that is late is looked up in the list by its time, wherever that is', async () => {
    for (const number of [0, 1, 99, 100, 2_500, MESSAGES - 101, MESSAGES - 100, MESSAGES - 1]) {
      const { state, keyOf } = lateEvents();
      expect(await keyOf(number, 23 * HOUR)).toBe(`mm${number}`);
      expect(state.reads).toBeLessThanOrEqual(8);
      expect(state.outcomes).toEqual(['listed']);
    }
  });

  it('shares a read of the list with those that are late beside it, for a minute', async () => {
    const { state, keyOf } = lateEvents();
    const numbers = Array.from({ length: 50 }, (_, index) => MESSAGES - 60 + index);
    expect(await Promise.all(numbers.map((number) => keyOf(number, 30 * HOUR)))).toEqual(numbers.map((number) => `mm${number}`));
    expect(state.reads).toBe(1);
    state.now += MINUTE;
    await keyOf(MESSAGES - 1, 30 * HOUR);
    expect(state.reads).toBe(2);
  });

  it('that is late and not listed has its own identity', async () => {
    const { state, keyOf } = lateEvents((window) => windowOfArray(window, LIST.slice(0, 10)));
    expect(await keyOf(20, 30 * HOUR)).toBe('ee20');
    expect(state.outcomes).toEqual(['unlisted']);
  });

  it('is not stored while the list cannot be read, until it may not come again', async () => {
    const { state, keyOf } = lateEvents(() => {
      throw new Error('circuit open');
    });
    await expect(keyOf(7, 23 * HOUR)).rejects.toThrow(HistoryUnavailableError);
    expect(await keyOf(7, 24 * HOUR)).toBe('ee7');
    expect(state.outcomes).toEqual(['failed', 'failed']);
  });
});
