import { healedMessageId, IMPORT_MARGIN_MS, UNCERTAIN_MS } from '../../../src/domain/healing.js';
import { CLOCK_TOLERANCE_MS } from '../../../src/domain/message-matching.js';
import type { Appended, EventLog, HealingOutcome } from '../../../src/events/port/event-log.js';
import { disposing, idsOf, take } from './harness.js';
import { decideAll, decideOne, healAll, healOne } from './heal-one.js';
import type { Overdue } from './heal-one.js';
import type { OpenLog } from './harness.js';
import { agentJoined, digestOf, listed, messageAdded, START } from './sample-events.js';
import { seededRandom } from './seeded-random.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** When the messages of these tests were written: some time after the first event of their conversation. */
const SAID = START + 60 * SECOND;
const c1 = { conversationId: 'c1' };

function overdue(listedId: string, text: string, at = SAID, more: Partial<Overdue> = {}): Overdue {
  const id = healedMessageId('c1', listedId);
  const event = {
    ...messageAdded(id, text, { occurredAt: at, receivedAt: at + 40 * SECOND }),
    conversationId: 'c1',
    source: 'HISTORY' as const,
  };
  return { event, listedId, since: null, ...more };
}

const original = (id: string, text: string, at = SAID) => messageAdded(id, text, { occurredAt: at, receivedAt: at + 50 * SECOND });

function appendedBy(outcome: HealingOutcome): Appended {
  if (typeof outcome === 'string') throw new Error(`nothing was healed: ${outcome}`);
  return outcome;
}

const eventsOf = async (log: EventLog) => (await log.read(c1, { limit: 1_000, types: ['MESSAGE_ADDED'] })).events;

/** What every engine keeps to when it stores events of messages that none has reported. */
export function describeHealing(openLog: OpenLog): void {
  const open = disposing(openLog);
  /** A log that knows the conversation. */
  const openKnown: OpenLog = async (options) => {
    const under = await open(options);
    under.clock.now = START;
    await under.log.append(agentJoined('first'));
    under.clock.now = SAID + 60 * SECOND;
    return under;
  };

  it('stores the event of a listed message under its identity, once, and delivers it', async () => {
    const { log, reopen } = await openKnown();
    const subscription = await log.subscribe(c1, {});
    const [identity] = await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)]);
    const message = overdue('m1', 'Hello');
    const appended = appendedBy(await healOne(log, message));
    expect(appended).toEqual({ event: message.event, cursor: expect.any(String) as string, identity, duplicate: false });
    expect((await take(subscription, 1)).map(({ event, identity: of }) => [event, of])).toEqual([[message.event, identity]]);
    expect(await healOne(log, message)).toBe('SETTLED');
    expect(await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)])).toEqual([identity]);
    expect(await log.findByIdentity('c1', 'mm1')).toMatchObject({ identity, event: { event: message.event } });
    expect((await log.eventsMissingFromHistory('c1', new Date(START))).messages).toEqual([]);
    await subscription.return();
    const again = await reopen();
    expect(await healOne(again, message)).toBe('SETTLED');
    expect((await eventsOf(again)).map(({ event, identity: of }) => [event, of])).toEqual([[message.event, identity]]);
  });

  it('stores nothing if it is only to decide', async () => {
    const { log } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)]);
    expect(await decideOne(log, overdue('m1', 'Hello', SAID))).toBe('OVERDUE');
    expect(await eventsOf(log)).toEqual([]);
    expect(await healOne(log, overdue('m1', 'Hello'))).toMatchObject({ duplicate: false });
    expect(await decideOne(log, overdue('m1', 'Hello', SAID))).toBe('SETTLED');
  });

  it('stores nothing for a message that has an event, or that no list has shown', async () => {
    const { log } = await openKnown();
    await log.append(original('e1', 'Hello'));
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)]);
    await log.identifyListedMessages('c1', [listed('m2', 'Bye', SAID)]);
    await log.append(original('e2', 'Bye'));
    expect(await healOne(log, overdue('m1', 'Hello'))).toBe('SETTLED');
    expect(await healOne(log, overdue('m2', 'Bye'))).toBe('SETTLED');
    expect(await healOne(log, overdue('m3', 'Hello'))).toBe('SETTLED');
    expect(await healOne(log, { ...overdue('m1', 'Hello'), event: { ...overdue('m1', 'Hello').event, conversationId: 'other' } })).toBe(
      'SETTLED',
    );
    expect(idsOf(await eventsOf(log))).toEqual(['e1', 'e2']);
  });

  it('acknowledges the late original as a duplicate of its event, however often it arrives', async () => {
    const { log, reopen } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)]);
    const healed = appendedBy(await healOne(log, overdue('m1', 'Hello')));
    const subscription = await log.subscribe(c1, {});
    const late = original('e1', 'Hello', SAID + 2 * SECOND);
    const duplicate = { ...healed, duplicate: true };
    expect(await log.append(late)).toEqual(duplicate);
    expect(await log.append(late)).toEqual(duplicate);
    // The next one of the same text is another message.
    const next = await log.append(original('e2', 'Hello', SAID + 3 * SECOND));
    expect(next).toMatchObject({ duplicate: false, identity: { id: 'ee2' } });
    expect(idsOf(await take(subscription, 1))).toEqual(['e2']);
    await subscription.return();
    const again = await reopen();
    expect(await again.append(late)).toEqual(duplicate);
    expect(idsOf(await eventsOf(again))).toEqual([healed.event.id, 'e2']);
    await expect(again.append({ ...late, conversationId: 'c2' })).rejects.toThrow('another conversation');
  });

  it('stores each of two equal messages once, whichever of them was healed', async () => {
    const { log } = await openKnown();
    const both = [listed('m1', 'ok', SAID), listed('m2', 'ok', SAID + 2 * SECOND)];
    await log.identifyListedMessages('c1', both);
    const healed = appendedBy(await healOne(log, overdue('m1', 'ok')));
    const outcomes = [
      await log.append(original('e2', 'ok', SAID + 2 * SECOND)),
      await log.append(original('e1', 'ok', SAID)),
      await log.append(original('e3', 'ok', SAID + 4 * SECOND)),
    ];
    expect(outcomes.map(({ duplicate, identity }) => [duplicate, identity?.id])).toEqual([
      [false, 'mm2'],
      [true, 'mm1'],
      [false, 'ee3'],
    ]);
    expect(await healOne(log, overdue('m2', 'ok', SAID + 2 * SECOND))).toBe('SETTLED');
    expect(idsOf(await eventsOf(log))).toEqual([healed.event.id, 'e2', 'e3']);
  });

  it('stores two equal messages once each, whose originals arrive crosswise', async () => {
    const { log } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'ok', SAID), listed('m2', 'ok', SAID + 2 * SECOND)]);
    await healOne(log, overdue('m1', 'ok'));
    await healOne(log, overdue('m2', 'ok', SAID + 2 * SECOND));
    // Both are nearer to the second.
    const late = [original('e1', 'ok', SAID + 2 * SECOND), original('e2', 'ok', SAID + 3 * SECOND)];
    for (const event of late) expect(await log.append(event)).toMatchObject({ duplicate: true });
    expect(await eventsOf(log)).toHaveLength(2);
  });

  it('takes a late original that no message is left near for that of the nearest healed one', async () => {
    const { log, reopen } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'Yes', SAID), listed('m2', 'Yes', SAID + 15 * SECOND)]);
    for (const [id, at] of [
      ['m1', SAID],
      ['m2', SAID + 15 * SECOND],
    ] as const)
      appendedBy(await healOne(log, overdue(id, 'Yes', at)));
    // Both originals are nearer to the second one than to the first.
    expect(await log.append(original('e1', 'Yes', SAID + 10 * SECOND))).toMatchObject({ duplicate: true });
    const again = await reopen();
    expect(await again.append(original('e2', 'Yes', SAID + 20 * SECOND))).toMatchObject({ duplicate: true, identity: { id: 'mm1' } });
    expect(await again.append(original('e2', 'Yes', SAID + 20 * SECOND))).toMatchObject({ duplicate: true });
    // One more than was listed, and one in time, are others.
    expect(await again.append(original('e3', 'Yes', SAID + 20 * SECOND))).toMatchObject({ duplicate: false });
    expect(await eventsOf(again)).toHaveLength(3);
  });

  it('recognises the echo of a message sent through this gateway after its healing', async () => {
    const { log } = await openKnown();
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('ok'), clientMessageId: 'mine', sentAt: new Date(SAID) });
    const [identity] = await log.identifyListedMessages('c1', [listed('m1', 'ok', SAID)]);
    expect(identity?.clientMessageId).toBe('mine');
    expect(appendedBy(await healOne(log, overdue('m1', 'ok'))).identity).toEqual(identity);
    expect(await log.append(original('e1', 'ok'))).toMatchObject({ duplicate: true, identity });
    // The next send has an echo of its own.
    await log.registerPendingSend({
      conversationId: 'c1',
      digest: digestOf('ok'),
      clientMessageId: 'next',
      sentAt: new Date(SAID + SECOND),
    });
    expect(await log.append(original('e2', 'ok', SAID + SECOND))).toMatchObject({
      duplicate: false,
      identity: { clientMessageId: 'next' },
    });
  });

  it('does not heal what may be older than anything that is known of the conversation, unless it was sent through a gateway', async () => {
    const { log, clock } = await open();
    const at = (listedId: string, time: number, since: Date | null = null) => decideOne(log, overdue(listedId, listedId, time, { since }));
    await log.identifyListedMessages('c1', [listed('m1', 'm1', SAID), listed('m2', 'm2', SAID + HOUR)]);
    expect(await at('m1', SAID)).toBe('UNEXPECTED');
    expect(await at('m1', SAID, new Date(SAID + 1))).toBe('UNEXPECTED');
    expect(await at('m1', SAID, new Date(SAID))).toBe('OVERDUE');
    clock.now = SAID;
    await log.append(agentJoined('first', { occurredAt: SAID }));
    await log.append(agentJoined('second', { occurredAt: SAID - HOUR }));
    await log.identifyListedMessages('c1', [listed('m3', 'm3', SAID + IMPORT_MARGIN_MS - 1), listed('m4', 'm4', SAID + IMPORT_MARGIN_MS)]);
    expect([await at('m1', SAID), await at('m3', SAID + IMPORT_MARGIN_MS - 1)]).toEqual(['UNEXPECTED', 'UNEXPECTED']);
    expect([await at('m4', SAID + IMPORT_MARGIN_MS), await at('m2', SAID + HOUR)]).toEqual(['OVERDUE', 'OVERDUE']);
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('ours'), clientMessageId: null, sentAt: new Date(SAID) });
    await log.identifyListedMessages('c1', [listed('m5', 'ours', SAID)]);
    expect(await healOne(log, overdue('m5', 'ours'))).toMatchObject({ duplicate: false });
  });

  it('heals what is newer than events that have expired', async () => {
    const { log, clock } = await openKnown();
    clock.now = START + 4 * DAY;
    await log.expire(new Date(START + DAY));
    const said = clock.now - 60 * SECOND;
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', said)]);
    expect(await healOne(log, overdue('m1', 'Hello', said))).toMatchObject({ duplicate: false });
  });

  it('leaves as many messages alone as there are events of the same content that no list has shown', async () => {
    const { log } = await openKnown();
    const far = SAID + CLOCK_TOLERANCE_MS + 30 * SECOND;
    await log.append(original('e1', 'ok', far));
    await log.identifyListedMessages('c1', [listed('m1', 'ok', SAID), listed('m2', 'other', SAID)]);
    expect(await healOne(log, overdue('m1', 'ok'))).toBe('UNCERTAIN');
    expect(await healOne(log, overdue('m2', 'other'))).toMatchObject({ duplicate: false });
    await log.identifyListedMessages('c1', [listed('m3', 'ok', SAID + SECOND)]);
    const outcomes = [await healOne(log, overdue('m1', 'ok')), await healOne(log, overdue('m3', 'ok', SAID + SECOND))];
    expect(outcomes.filter((outcome) => outcome === 'UNCERTAIN')).toHaveLength(1);
    // Its message shows up.
    await log.identifyListedMessages('c1', [listed('m4', 'ok', far)]);
    const after = [await healOne(log, overdue('m1', 'ok')), await healOne(log, overdue('m3', 'ok', SAID + SECOND))];
    expect(after.filter((outcome) => outcome === 'SETTLED')).toHaveLength(1);
    expect(await eventsOf(log)).toHaveLength(4);
  });

  it('does not regard events that are far away', async () => {
    const { log } = await openKnown();
    await log.append(original('e1', 'ok', SAID + UNCERTAIN_MS + 1));
    await log.identifyListedMessages('c1', [listed('m1', 'ok', SAID)]);
    expect(await healOne(log, overdue('m1', 'ok'))).toMatchObject({ duplicate: false });
  });

  it('heals nothing from before an erasure', async () => {
    const { log, clock, reopen } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)]);
    await log.append(original('e2', 'Bye', SAID + SECOND));
    expect(await log.erasedAt('c1')).toBeNull();
    await log.erase('c1');
    const erased = clock.now;
    expect(await log.erasedAt('c1')).toEqual(new Date(erased));
    const again = await reopen();
    expect(await again.erasedAt('c1')).toEqual(new Date(erased));
    clock.now = erased + 2 * CLOCK_TOLERANCE_MS;
    await again.append(agentJoined('later', { occurredAt: clock.now }));
    const [near, after] = [erased + CLOCK_TOLERANCE_MS, erased + CLOCK_TOLERANCE_MS + 1];
    await again.identifyListedMessages('c1', [
      listed('m1', 'Hello', SAID),
      listed('m2', 'Bye', SAID + SECOND),
      listed('m3', 'Again', near),
      listed('m4', 'New', after),
    ]);
    const since = new Date(START);
    expect(await healOne(again, overdue('m1', 'Hello', SAID, { since }))).toBe('SETTLED');
    expect(await healOne(again, overdue('m2', 'Bye', SAID + SECOND, { since }))).toBe('SETTLED');
    expect(await healOne(again, overdue('m3', 'Again', near, { since }))).toBe('SETTLED');
    expect(await healOne(again, overdue('m4', 'New', after, { since }))).toMatchObject({ duplicate: false });
  });

  it('keeps the ids of late originals known after an erasure', async () => {
    const { log } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID)]);
    await healOne(log, overdue('m1', 'Hello'));
    await log.append(original('e1', 'Hello'));
    await log.erase('c1');
    expect(await log.append(original('e1', 'Hello'))).toMatchObject({ duplicate: true });
    expect(await eventsOf(log)).toEqual([]);
  });

  it('acknowledges originals that arrive after the horizon, and after the event of ours has expired', async () => {
    const { log, clock } = await openKnown();
    await log.identifyListedMessages('c1', [listed('m1', 'Hello', SAID), listed('m2', 'Bye', SAID)]);
    await healOne(log, overdue('m1', 'Hello'));
    await healOne(log, overdue('m2', 'Bye'));
    clock.now = SAID + DAY + HOUR;
    await log.expire(new Date(SAID - DAY));
    const late = { ...original('e1', 'Hello'), receivedAt: new Date(clock.now) };
    expect(await log.append(late, null, [listed('m1', 'Hello', SAID)])).toMatchObject({ duplicate: true, identity: { id: 'mm1' } });
    clock.now = SAID + 4 * DAY;
    await log.expire(new Date(SAID + DAY));
    expect(await eventsOf(log)).toEqual([]);
    const later = { ...original('e2', 'Bye'), receivedAt: new Date(clock.now) };
    expect(await log.append(later, null, [listed('m2', 'Bye', SAID)])).toMatchObject({ duplicate: true });
    expect(await log.append(later)).toMatchObject({ duplicate: true });
    expect(await eventsOf(log)).toEqual([]);
  });

  it('decides about many messages as about one after the other, and stores their events in order', async () => {
    const { log, reopen } = await openKnown();
    const page = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((listedId, index) => overdue(listedId, listedId, SAID + index * SECOND));
    const twins = [overdue('t1', 'ok', SAID + 30 * SECOND), overdue('t2', 'ok', SAID + 31 * SECOND)];
    await log.append(original('e2', 'm2', SAID + SECOND));
    await log.append(original('far', 'ok', SAID + 90 * SECOND));
    const all = [...page, ...twins];
    await log.identifyListedMessages(
      'c1',
      all
        .filter(({ listedId }) => listedId !== 'm5')
        .map(({ listedId, event }) => listed(listedId, event.data.message.text ?? '', event.occurredAt.getTime())),
    );
    const subscription = await log.subscribe(c1, {});
    const expected = ['OVERDUE', 'SETTLED', 'OVERDUE', 'OVERDUE', 'SETTLED', 'OVERDUE', 'OVERDUE', 'UNCERTAIN'];
    expect(await decideAll(log, all)).toEqual(expected);
    const outcomes = await healAll(log, all);
    expect(outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : outcome.event.id))).toEqual(
      expected.map((decision, index) => (decision === 'OVERDUE' ? all[index]?.event.id : decision)),
    );
    const stored = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : [outcome]));
    expect(await take(subscription, stored.length)).toEqual(
      stored.map(({ event, cursor, identity }) => ({ event, cursor, identity, replayed: false })),
    );
    expect(stored.map(({ identity }) => identity?.id)).toEqual(['mm1', 'mm3', 'mm4', 'mm6', 'mt1']);
    await subscription.return();
    const again = await reopen();
    expect(idsOf(await eventsOf(again)).slice(2)).toEqual(stored.map(({ event }) => event.id));
    expect(await decideAll(again, all)).toEqual([...Array.from({ length: 7 }, () => 'SETTLED'), 'UNCERTAIN']);
    for (const [index, { listedId, event }] of page.entries())
      expect(await again.append(original(`original of ${listedId}`, listedId, event.occurredAt.getTime()))).toMatchObject({
        duplicate: index !== 1 && index !== 4,
      });
  });

  it('expects events of what is newer than one that is healed before it in the same page', async () => {
    const { log } = await open();
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('ours'), clientMessageId: null, sentAt: new Date(SAID) });
    const page = [
      overdue('m1', 'before', SAID - SECOND),
      overdue('m2', 'ours', SAID),
      overdue('m3', 'soon', SAID + IMPORT_MARGIN_MS - 1),
      overdue('m4', 'later', SAID + IMPORT_MARGIN_MS),
    ];
    await log.identifyListedMessages(
      'c1',
      page.map(({ listedId, event }) => listed(listedId, event.data.message.text ?? '', event.occurredAt.getTime())),
    );
    expect(await decideAll(log, page)).toEqual(['UNEXPECTED', 'OVERDUE', 'UNEXPECTED', 'OVERDUE']);
    expect((await healAll(log, page)).map((outcome) => (typeof outcome === 'string' ? outcome : outcome.identity?.id))).toEqual([
      'UNEXPECTED',
      'mm2',
      'UNEXPECTED',
      'mm4',
    ]);
  });

  it('heals each message of many once, though pages of them and originals arrive at the same time', async () => {
    const { log } = await openKnown();
    const messages = Array.from({ length: 60 }, (_, index) => overdue(`m${index}`, `text ${index}`, SAID + index));
    await log.identifyListedMessages(
      'c1',
      messages.map(({ listedId, event }) => listed(listedId, event.data.message.text ?? '', event.occurredAt.getTime())),
    );
    const outcomes = await Promise.all(
      [0, 20, 40].flatMap((from) => [
        healAll(log, messages.slice(from, from + 20)),
        log.append(original(`original of m${from + 7}`, `text ${from + 7}`, SAID + from + 7)),
        healAll(log, messages.slice(from, from + 20).toReversed()),
        decideAll(log, messages),
      ]),
    );
    const appended = outcomes.flat().filter((outcome) => typeof outcome !== 'string' && !outcome.duplicate);
    expect(appended).toHaveLength(60);
    const texts = (await eventsOf(log)).map(({ event }) => (event.type === 'MESSAGE_ADDED' ? event.data.message.text : ''));
    expect(texts.toSorted()).toEqual(messages.map(({ event }) => event.data.message.text).toSorted());
  });

  it('heals a message once, though many try at the same time and its original arrives meanwhile', async () => {
    const { log } = await openKnown();
    const messages = Array.from({ length: 40 }, (_, index) => ({ id: `m${index}`, text: `text ${index}`, at: SAID + index }));
    await log.identifyListedMessages(
      'c1',
      messages.map(({ id, text, at }) => listed(id, text, at)),
    );
    const subscription = await log.subscribe(c1, {});
    await Promise.all(
      messages.flatMap(({ id, text, at }, index) => [
        healOne(log, overdue(id, text, at)),
        ...(index % 2 === 0 ? [log.append(original(`e${index}`, text, at))] : []),
        healOne(log, overdue(id, text, at)),
      ]),
    );
    const texts = (await take(subscription, 40)).map(({ event }) => (event.type === 'MESSAGE_ADDED' ? event.data.message.text : ''));
    expect(new Set(texts).size).toBe(40);
    expect(await eventsOf(log)).toHaveLength(40);
    await subscription.return();
  });

  /** `LATE_ORIGINALS=1000` runs so many. */
  const count = Number(process.env['LATE_ORIGINALS'] ?? 200);
  it.each(['first', 'last'])(
    `stores each of ${count} messages once whose originals arrive %s, in few texts and any order`,
    async (order) => {
      const under = await openKnown();
      const { log, clock } = under;
      const random = seededRandom(order.length);
      const messages = Array.from({ length: count }, (_, index) => ({
        id: `m${index}`,
        text: `text ${index % 3}`,
        at: SAID + index * 2 * SECOND,
      }));
      clock.now = SAID + count * 2 * SECOND + 60 * SECOND;
      const originals = messages
        .map(({ id, text, at }) => ({ event: original(`original of ${id}`, text, at), rank: random() }))
        .sort((a, b) => a.rank - b.rank);
      const receive = async () => {
        for (const { event } of originals) await log.append(event);
      };
      const heal = async () => {
        for (let from = 0; from < count; from += 50) {
          const page = messages.slice(from, from + 50);
          await log.identifyListedMessages(
            'c1',
            page.map(({ id, text, at }) => listed(id, text, at)),
          );
          await healAll(
            log,
            page.map(({ id, text, at }) => overdue(id, text, at)),
          );
        }
      };
      if (order === 'first') await receive();
      await heal();
      if (order === 'last') await receive();
      await receive();
      const stored = await eventsOf(log);
      expect(stored).toHaveLength(count);
      expect(new Set(stored.map(({ identity }) => identity?.id)).size).toBe(count);
      expect(stored.every(({ event: { source } }) => source === (order === 'first' ? 'WEBHOOK' : 'HISTORY'))).toBe(true);
    },
  );
}
