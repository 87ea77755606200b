import type { EventLog } from '../../../src/events/port/event-log.js';
import { errorsIn, USUAL } from '../../unit/domain/matching-world.js';
import type { WorldOptions, WorldStore } from '../../unit/domain/matching-world.js';
import { ECHO_WINDOW_MS } from '../../../src/domain/message-matching.js';
import { appendWhenReceived, disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { digestOf, listed, messageAdded, START } from './sample-events.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function keysOfList(log: EventLog, ...sightings: Parameters<typeof listed>[]): Promise<string[]> {
  const identities = await log.identifyListedMessages(
    'c1',
    sightings.map((sighting) => listed(...sighting)),
  );
  return identities.map(({ id }) => id);
}

const knownFrom = async (log: EventLog): Promise<number> => (await log.eventsMissingFromHistory('c1', new Date(START))).knownFrom;

/** What every engine remembers of listed messages without an event, and what not. */
export function describeForgetting(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('records nothing of old messages without an event', async () => {
    const { log } = await open();
    expect(await knownFrom(log)).toBe(Infinity);
    expect(await keysOfList(log, ['m1', 'A', START - DAY], ['m2', 'A', START - DAY + 1])).toEqual(['mm1', 'mm2']);
    expect(await log.findByIdentity('c1', 'mm1')).toBeNull();
    expect(await log.findByIdentity('c1', 'mm2')).toMatchObject({ identity: { listedId: 'm2' } });
    expect(await knownFrom(log)).toBe(START - DAY + 1);
  });

  it('returns the time of the earliest message that it knows', async () => {
    const { log } = await open();
    await log.append(messageAdded('e1', 'A', { occurredAt: START - HOUR }));
    expect(await knownFrom(log)).toBe(START - HOUR);
    await log.append(messageAdded('e2', 'A', { occurredAt: START - 2 * HOUR }));
    expect(await knownFrom(log)).toBe(START - 2 * HOUR);
    await keysOfList(log, ['m3', 'B', START - 3 * HOUR]);
    expect(await knownFrom(log)).toBe(START - 3 * HOUR);
  });

  it('remembers messages without times, however old, and whatever part of them is listed', async () => {
    const { log, clock } = await open();
    const [first, ...others] = await keysOfList(log, ['m1', 'A', null], ['m2', 'A', null]);
    clock.now = START + 2 * DAY;
    await log.expire(new Date(START - 10 * DAY));
    expect((await log.append(messageAdded('e1', 'A', { occurredAt: clock.now }))).identity?.id).toBe(first);
    expect(await keysOfList(log, ['m2', 'A', null])).toEqual(others);
  });

  it('keeps the identity of a message that is forgotten when it gets old', async () => {
    const { log, clock, reopen } = await open();
    expect(await keysOfList(log, ['m1', 'A'])).toEqual(['mm1']);
    clock.now = START + DAY;
    await log.expire(new Date(START - DAY));
    const again = await reopen();
    expect(await keysOfList(again, ['m1', 'A'], ['m2', 'A', START + HOUR])).toEqual(['mm1', 'mm2']);
  });

  it('keeps the clientMessageId of a message whose echo never came', async () => {
    const { log, clock } = await open();
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('A'), clientMessageId: 'mine', sentAt: new Date(START) });
    await keysOfList(log, ['m1', 'A']);
    clock.now = START + 2 * DAY;
    await log.expire(new Date(START - DAY));
    expect(await log.identifyListedMessages('c1', [listed('m1', 'A')])).toEqual([{ id: 'mm1', listedId: 'm1', clientMessageId: 'mine' }]);
  });

  it('keeps a message apart from the unlisted event of an equal one, however old both get', async () => {
    const { log, clock } = await open();
    await keysOfList(log, ['m1', 'A']);
    await log.registerPendingSend({
      conversationId: 'c1',
      digest: digestOf('A'),
      clientMessageId: null,
      sentAt: new Date(START + 2 * SECOND),
    });
    // The echo of what was just sent, and not the event of the older message.
    expect((await log.append(messageAdded('e2', 'A', { occurredAt: START + 2 * SECOND }))).identity?.id).toBe('ee2');
    for (const now of [START + DAY, START + 3 * DAY]) {
      clock.now = now;
      await log.expire(new Date(now - 2 * DAY));
      expect(await keysOfList(log, ['m1', 'A'])).toEqual(['mm1']);
    }
    expect(await keysOfList(log, ['m1', 'A'], ['m2', 'A', START + 2 * SECOND])).toEqual(['mm1', 'ee2']);
  });

  it('keeps the identities of messages whose events have expired, listed or not', async () => {
    const under = await open();
    const { log, clock } = under;
    const given = { receivedAt: START };
    await appendWhenReceived(
      under,
      log,
      ['e1', 'e2', 'e3'].map((id) => messageAdded(id, id, given)),
    );
    await keysOfList(log, ['m1', 'e1'], ['m4', 'e4']);
    await appendWhenReceived(under, log, [messageAdded('e4', 'e4', given)]);
    clock.now = START + 2 * HOUR;
    expect(await log.expire(new Date(START + HOUR))).toBe(4);
    expect(await keysOfList(log, ['m1', 'e1'], ['m2', 'e2'], ['m4', 'e4'])).toEqual(['ee1', 'ee2', 'mm4']);
    expect(await log.findByIdentity('c1', 'ee3')).toEqual({ identity: { id: 'ee3', listedId: null, clientMessageId: null }, event: null });
  });

  it('matches a late event with the message that history lists, though nothing is recorded of it', async () => {
    const { log, clock } = await open();
    clock.now = START + 2 * DAY;
    expect(await keysOfList(log, ['m1', 'A'], ['m2', 'A', START + 5 * SECOND])).toEqual(['mm1', 'mm2']);
    const around = [listed('m1', 'A'), listed('m2', 'A', START + 5 * SECOND)];
    const late = messageAdded('e2', 'A', { occurredAt: START + 6 * SECOND, receivedAt: clock.now });
    const live = await log.subscribe({ conversationId: 'c1' }, {});
    const appended = await log.append(late, null, around);
    expect(appended).toMatchObject({ duplicate: false, identity: { id: 'mm2', listedId: 'm2' } });
    expect(await live.next()).toMatchObject({ value: { identity: { id: 'mm2' } } });
    expect(await log.append(late, null, around)).toMatchObject({ duplicate: true, identity: { id: 'mm2' } });
    const first = messageAdded('e1', 'A', { occurredAt: START + 7 * SECOND, receivedAt: clock.now });
    expect((await log.append(first, null, around)).identity?.id).toBe('mm1');
    expect(await log.findByIdentity('c1', 'mm2')).toMatchObject({ event: { event: { id: 'e2' } } });
    expect(await keysOfList(log, ['m1', 'A'], ['m2', 'A', START + 5 * SECOND])).toEqual(['mm1', 'mm2']);
  });

  it('leaves a late event its own identity where history lists nothing like it', async () => {
    const { log, clock } = await open();
    clock.now = START + 2 * DAY;
    const late = messageAdded('e1', 'A', { receivedAt: clock.now });
    expect((await log.append(late, null, [listed('m1', 'A', START + 11 * SECOND)])).identity?.id).toBe('ee1');
  });

  it('never changes an id in simulated conversations whose messages are forgotten, with events that come later still', async () => {
    const short = {
      ...USUAL,
      retryHorizonMs: ECHO_WINDOW_MS + 120_000,
      rereads: 12,
      rereadForMs: HOUR,
      pauseMs: 20_000,
      eventDelayMs: 3_000_000,
    };
    const forgetting = await errorsOver(openLog, short);
    const keeping = await errorsOver(openLog, { ...short, retryHorizonMs: DAY });
    expect(forgetting.renamed).toBe(0);
    expect(forgetting).toEqual(keeping);
  });
}

const WORLDS = 10;

/** Plays simulations, each over a log of its own. */
async function errorsOver(openLog: OpenLog, options: WorldOptions): Promise<Awaited<ReturnType<typeof errorsIn>>> {
  const under = await openLog({ retryHorizonMs: options.retryHorizonMs });
  try {
    const logs: EventLog[] = [];
    while (logs.length < WORLDS) logs.push(await under.another());
    return await errorsIn(WORLDS, options, 1, (clock) => storeOf(logs.pop() ?? under.log, under.clock, clock));
  } finally {
    await under.dispose();
  }
}

/** A log whose clock shows the time of the simulation in each call. */
function storeOf(log: EventLog, clock: { now: number }, now: () => number): WorldStore {
  const inTime =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      clock.now = now();
      return call.apply(log, args);
    };
  return {
    append: inTime(log.append),
    decideHealing: inTime(log.decideHealing),
    heal: inTime(log.heal),
    identifyListedMessages: inTime(log.identifyListedMessages),
    eventsMissingFromHistory: inTime(log.eventsMissingFromHistory),
    findByIdentity: inTime(log.findByIdentity),
    read: inTime(log.read),
    registerPendingSend: inTime(log.registerPendingSend),
    expire: inTime(log.expire),
  };
}
