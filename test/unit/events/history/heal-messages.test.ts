import type { MessageRecord, NamedMessage } from '../../../../src/domain/message.js';
import { MessageHealer } from '../../../../src/events/history/heal-messages.js';
import type { HealingDecision, HealingRejection } from '../../../../src/domain/healing.js';
import type { HealingEvent, HealingOutcome } from '../../../../src/events/port/event-log.js';
import { untilTrue } from '../../../support/until.js';

const author = { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null } as const;
const AFTER_MS = 30_000;
const REACH_MS = 3_600_000;

interface Given {
  readonly ageMs: number;
  readonly id?: string;
  readonly text?: string;
}

/** A healer over a log that decides by `decide`, and appends what is overdue unless `heal` says otherwise; its clock is the real one, so that timers agree with it. */
function healerOf(
  decide: (listedId: string) => HealingDecision,
  { afterMs = AFTER_MS, heal = (message) => Promise.resolve(stored(message)) }: Partial<HealerGiven> = {},
) {
  /** Conversation and listed ids of each call. */
  const asked: (readonly [conversationId: string, ...listedIds: string[]])[] = [];
  const appending: { readonly events: readonly HealingEvent[]; readonly since: Date | null }[] = [];
  const errors: unknown[] = [];
  const healed: string[] = [];
  const healer = new MessageHealer({
    log: {
      decideHealing: ({ conversationId, messages }) => {
        asked.push([conversationId, ...messages.map(({ listedId }) => listedId)]);
        return Promise.resolve().then(() => messages.map(({ listedId }) => decide(listedId)));
      },
      heal: ({ messages, since }) => {
        appending.push({ events: messages, since });
        return messages.map(heal);
      },
    },
    identify: (conversationId, records) => Promise.resolve(records.map((record) => named(record, conversationId))),
    clock: Date.now,
    afterMs,
    reachMs: REACH_MS,
    onHealed: ({ event }) => healed.push(event.id),
    onError: (error) => errors.push(error),
  });
  return { healer, asked, appending, errors, healed };
}

interface HealerGiven {
  readonly afterMs: number;
  readonly heal: (message: HealingEvent) => Promise<HealingOutcome>;
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
const stored = ({ event }: HealingEvent): HealingOutcome => ({ event, cursor: '', identity: null, duplicate: false });
const overdue = (): HealingDecision => 'OVERDUE';

describe('healing on demand', () => {
  const DECISIONS: Record<string, HealingRejection> = { uncertain: 'UNCERTAIN', settled: 'SETTLED', imported: 'UNEXPECTED' };

  it('asks the log once about what is overdue and recent, in order, appends what is to be healed, and counts', async () => {
    const { healer, asked, appending, healed } = healerOf((listedId) => DECISIONS[listedId] ?? 'OVERDUE');
    const records = [
      record({ ageMs: REACH_MS + 1_000 }, 'old'),
      ...['uncertain', 'settled', 'imported', 'lost'].map((listedId) => record({ ageMs: AFTER_MS + 1_000 }, listedId)),
      record({ ageMs: AFTER_MS - 10_000 }, 'recent'),
      { ...record({ ageMs: 0 }, 'untimed'), createdAt: null },
    ];
    const since = new Date();
    expect(await healer.healMessages('c1', records, { since })).toEqual({ healed: 1, pending: 2 });
    expect(asked).toEqual([['c1', 'uncertain', 'settled', 'imported', 'lost']]);
    expect(appending).toMatchObject([
      {
        since,
        events: [
          {
            listedId: 'lost',
            event: {
              conversationId: 'c1',
              source: 'HISTORY',
              type: 'MESSAGE_ADDED',
              occurredAt: records[4]?.createdAt,
              data: { message: { text: 'Hello' } },
            },
          },
        ],
      },
    ]);
    expect(healed).toEqual([appending[0]?.events[0]?.event.id]);
    await healer.close();
  });

  it('counts what turned out otherwise when it was to be appended', async () => {
    const { healer, healed } = healerOf(overdue, {
      heal: (message) => Promise.resolve(message.listedId === 'lost' ? stored(message) : (DECISIONS[message.listedId] ?? 'SETTLED')),
    });
    const records = ['settled', 'uncertain', 'lost'].map((listedId) => record({ ageMs: 60_000 }, listedId));
    expect(await healer.healMessages('c1', records)).toEqual({ healed: 1, pending: 1 });
    expect(healed).toHaveLength(1);
    await healer.close();
  });

  it('asks about a page at a time, and appends it before the next', async () => {
    const { healer, asked, appending } = healerOf(overdue);
    const records = Array.from({ length: 70 }, (_, index) => record({ ageMs: 60_000 }, String(index)));
    expect(await healer.healMessages('c1', records)).toEqual({ healed: 70, pending: 0 });
    expect(asked.map(({ length }) => length - 1)).toEqual([32, 32, 6]);
    expect(appending.flatMap(({ events }) => events.map(({ listedId }) => listedId))).toEqual(records.map(({ listedId }) => listedId));
    await healer.close();
  });

  it('rejects if one cannot be appended, after all others were', async () => {
    const { healer, healed } = healerOf(overdue, {
      heal: async (message) => {
        if (message.listedId === '0') throw new Error('the log is unavailable');
        await new Promise(setImmediate);
        return stored(message);
      },
    });
    const records = ['0', '1', '2'].map((listedId) => record({ ageMs: 60_000 }, listedId));
    await expect(healer.healMessages('c1', records)).rejects.toThrow('unavailable');
    expect(healed).toHaveLength(2);
    await healer.close();
  });

  it('only counts in a dry run', async () => {
    const { healer, appending } = healerOf(overdue);
    expect(await healer.healMessages('c1', [record({ ageMs: 60_000 }, 'lost')], { dryRun: true })).toEqual({ healed: 1, pending: 0 });
    expect(appending).toEqual([]);
    await healer.close();
  });
});

describe('healing of what queries read', () => {
  it('begins after the caller is done, asks once about each message, and leaves out those known from events', async () => {
    const { healer, asked, healed } = healerOf(overdue);
    const messages = [named(record({ ageMs: 60_000 }, '1')), named(record({ ageMs: 60_000 }, '2'), 'c1', 'eevent')];
    healer.observe('c1', messages);
    healer.observe('c1', messages);
    expect(asked).toEqual([]);
    await untilTrue(() => healed.length === 1);
    healer.observe('c1', messages);
    await healer.close();
    expect(asked).toEqual([['c1', '1']]);
  });

  it('waits until a message is due', async () => {
    const { healer, asked } = healerOf(overdue, { afterMs: 300 });
    const message = named(record({ ageMs: 0 }, '1'));
    healer.observe('c1', [message]);
    await untilTrue(() => asked.length === 1);
    expect(Date.now()).toBeGreaterThanOrEqual((message.createdAt?.getTime() ?? Infinity) + 300);
    await healer.close();
  });

  it('asks again about what was uncertain or failed, when it is read again', async () => {
    let outcome: () => HealingDecision = () => 'UNCERTAIN';
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
    await untilTrue(() => errors.length === 1);
    outcome = () => 'SETTLED';
    await read();
    healer.observe('c1', [named(record({ ageMs: 60_000 }, '1'))]);
    await healer.close();
    expect(asked).toHaveLength(3);
  });

  it('asks about all that is due of a conversation at once, in order of its time, in whatever order it was read', async () => {
    const { healer, asked, appending } = healerOf(overdue);
    const ages = Array.from({ length: 20 }, (_, index) => 60_000 + ((index * 37) % 20) * 1_000);
    for (const ageMs of ages)
      for (const conversationId of ['c1', 'c2'])
        healer.observe(conversationId, [named(record({ ageMs }, `${conversationId} ${ageMs}`), conversationId)]);
    await healer.close();
    const inOrder = (conversationId: string) => ages.toSorted((a, b) => b - a).map((ageMs) => `${conversationId} ${ageMs}`);
    expect(asked).toEqual([
      ['c1', ...inOrder('c1')],
      ['c2', ...inOrder('c2')],
    ]);
    expect(appending.map(({ events }) => events.map(({ listedId }) => listedId))).toEqual([inOrder('c1'), inOrder('c2')]);
  });

  it('appends nothing for what needs no event', async () => {
    const { healer, asked, appending } = healerOf(() => 'UNEXPECTED');
    const messages = Array.from({ length: 20 }, (_, index) => named(record({ ageMs: 60_000 }, String(index))));
    healer.observe('c1', messages);
    await untilTrue(() => asked.length === 1);
    healer.observe('c1', messages);
    await healer.close();
    expect([asked.length, appending]).toEqual([1, []]);
  });

  it('goes on with other conversations if one fails', async () => {
    const { healer, errors, healed } = healerOf((listedId) => {
      if (listedId === 'bad') throw new Error('the log is unavailable');
      return 'OVERDUE';
    });
    healer.observe('c1', [named(record({ ageMs: 90_000 }, 'bad'))]);
    healer.observe('c2', [named(record({ ageMs: 60_000 }, 'good'), 'c2')]);
    await healer.close();
    expect([errors.length, healed.length]).toEqual([1, 1]);
  });

  it('finishes what is due when it is closed, and nothing else', async () => {
    const { healer, asked } = healerOf(overdue);
    healer.observe('c1', [named(record({ ageMs: 60_000 }, 'due')), named(record({ ageMs: 1_000 }, 'recent'))]);
    await healer.close();
    healer.observe('c1', [named(record({ ageMs: 60_000 }, 'later'))]);
    await healer.close();
    expect(asked).toEqual([['c1', 'due']]);
  });
});
