import type { MessageRecord, NamedMessage } from '../../../../src/domain/message.js';
import { MessageHealer } from '../../../../src/events/history/heal-messages.js';
import type { HealingOutcome, OverdueMessage } from '../../../../src/events/port/event-log.js';
import { untilTrue } from '../../../support/until.js';

const author = { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null } as const;
const AFTER_MS = 30_000;
const REACH_MS = 3_600_000;

interface Given {
  readonly ageMs: number;
  readonly id?: string;
  readonly text?: string;
}

/** A healer over a log that answers `outcome`; its clock is the real one, so that timers agree with it. */
function healerOf(outcome: (overdue: OverdueMessage) => HealingOutcome | Promise<HealingOutcome>, afterMs = AFTER_MS) {
  const asked: OverdueMessage[] = [];
  const errors: unknown[] = [];
  const healed: string[] = [];
  const healer = new MessageHealer({
    log: {
      heal: async (overdue) => {
        asked.push(overdue);
        return outcome(overdue);
      },
    },
    identify: (conversationId, records) => Promise.resolve(records.map((record) => named(record, conversationId))),
    clock: Date.now,
    afterMs,
    reachMs: REACH_MS,
    onHealed: ({ event }) => healed.push(event.id),
    onError: (error) => errors.push(error),
  });
  return { healer, asked, errors, healed };
}

const record = ({ ageMs, text = 'Hello' }: Given, listedId: string): MessageRecord => ({
  ...{ author, text, attachments: [], cards: [], listedId, messageId: listedId, translatedText: null, interactionId: null },
  createdAt: new Date(Date.now() - ageMs),
});
const named = (of: MessageRecord, conversationId = 'c1', id = `m${of.listedId}`): NamedMessage => ({
  ...of,
  conversationId,
  identity: { id, listedId: of.listedId, clientMessageId: null },
});
const stored = (overdue: OverdueMessage): HealingOutcome => ({ event: overdue.event, cursor: '', identity: null, duplicate: false });

describe('healing on demand', () => {
  it('asks the log for what is overdue and recent, in order, and counts', async () => {
    const outcomes: Record<string, HealingOutcome> = { uncertain: 'UNCERTAIN', settled: 'SETTLED', imported: 'UNEXPECTED' };
    const { healer, asked, healed } = healerOf((overdue) => outcomes[overdue.listedId] ?? stored(overdue));
    const records = [
      record({ ageMs: REACH_MS + 1_000 }, 'old'),
      ...['uncertain', 'settled', 'imported', 'lost'].map((listedId) => record({ ageMs: AFTER_MS + 1_000 }, listedId)),
      record({ ageMs: AFTER_MS - 10_000 }, 'recent'),
      { ...record({ ageMs: 0 }, 'untimed'), createdAt: null },
    ];
    const since = new Date();
    expect(await healer.healMessages('c1', records, { since })).toEqual({ healed: 1, pending: 2 });
    expect(asked.map(({ listedId }) => listedId)).toEqual(['uncertain', 'settled', 'imported', 'lost']);
    expect(asked.at(-1)).toMatchObject({
      event: {
        conversationId: 'c1',
        source: 'HISTORY',
        type: 'MESSAGE_ADDED',
        occurredAt: records[4]?.createdAt,
        data: { message: { text: 'Hello' } },
      },
      since,
      dryRun: false,
    });
    expect(healed).toEqual([asked.at(-1)?.event.id]);
    await healer.close();
  });

  it('only counts in a dry run', async () => {
    const { healer, healed } = healerOf(({ dryRun }) => (dryRun === true ? 'OVERDUE' : 'SETTLED'));
    expect(await healer.healMessages('c1', [record({ ageMs: 60_000 }, 'lost')], { dryRun: true })).toEqual({ healed: 1, pending: 0 });
    expect(healed).toEqual([]);
    await healer.close();
  });
});

describe('healing of what queries read', () => {
  it('begins after the caller is done, asks once about each message, and leaves out those known from events', async () => {
    const { healer, asked, healed } = healerOf(stored);
    const messages = [named(record({ ageMs: 60_000 }, '1')), named(record({ ageMs: 60_000 }, '2'), 'c1', 'eevent')];
    healer.observe('c1', messages);
    healer.observe('c1', messages);
    expect(asked).toEqual([]);
    await untilTrue(() => healed.length === 1);
    healer.observe('c1', messages);
    await healer.close();
    expect(asked.map(({ listedId }) => listedId)).toEqual(['1']);
  });

  it('waits until a message is due', async () => {
    const { healer, asked } = healerOf(stored, 300);
    const message = named(record({ ageMs: 0 }, '1'));
    healer.observe('c1', [message]);
    await untilTrue(() => asked.length === 1);
    expect(Date.now()).toBeGreaterThanOrEqual((message.createdAt?.getTime() ?? Infinity) + 300);
    await healer.close();
  });

  it('asks again about what was uncertain or failed, when it is read again', async () => {
    let outcome: () => HealingOutcome = () => 'UNCERTAIN';
    const { healer, asked, errors } = healerOf(() => outcome());
    const read = async () => {
      const { length } = asked;
      await untilTrue(() => {
        if (asked.length === length) healer.observe('c1', [named(record({ ageMs: 60_000 }, '1'))]);
        return asked.length > length;
      });
    };
    await read();
    outcome = () => {
      throw new Error('the log is unavailable');
    };
    await read();
    expect(errors).toHaveLength(1);
    outcome = () => 'SETTLED';
    await read();
    healer.observe('c1', [named(record({ ageMs: 60_000 }, '1'))]);
    await healer.close();
    expect(asked).toHaveLength(3);
  });

  it('heals what is due first in order of its time, in whatever order it was read', async () => {
    const { healer, asked } = healerOf(stored);
    const ages = Array.from({ length: 100 }, (_, index) => 60_000 + ((index * 37) % 100) * 1_000);
    healer.observe(
      'c1',
      ages.map((ageMs) => named(record({ ageMs }, String(ageMs)))),
    );
    await healer.close();
    const expected = ages.toSorted((a, b) => b - a).map(String);
    expect(asked.map(({ listedId }) => listedId)).toEqual(expected);
  });

  it('knows messages of one id in two conversations apart', async () => {
    const { healer, asked } = healerOf(stored);
    healer.observe('c1', [named(record({ ageMs: 60_000 }, '1'))]);
    healer.observe('c2', [named(record({ ageMs: 60_000 }, '1'), 'c2')]);
    await healer.close();
    expect(asked.map(({ event }) => event.conversationId)).toEqual(['c1', 'c2']);
  });

  it('finishes what is due when it is closed, and nothing else', async () => {
    const { healer, asked } = healerOf(stored);
    healer.observe('c1', [named(record({ ageMs: 60_000 }, 'due')), named(record({ ageMs: 1_000 }, 'recent'))]);
    await healer.close();
    expect(asked.map(({ listedId }) => listedId)).toEqual(['due']);
    healer.observe('c1', [named(record({ ageMs: 60_000 }, 'later'))]);
    await healer.close();
    expect(asked).toHaveLength(1);
  });
});
