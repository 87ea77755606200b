import type { EventLog } from '../../../src/events/port/event-log.js';
import type { Delivery } from '../../../src/events/port/stored-event.js';
import { appendWhenReceived, disposing, idsOf } from './harness.js';
import type { OpenLog } from './harness.js';
import { digestOf, listed, messageAdded, queued, START } from './sample-events.js';

const c1 = { conversationId: 'c1' };
const SECOND = 1_000;

async function keyOfEvent(log: EventLog, id: string, text: string, occurredAt = START): Promise<string | undefined> {
  return (await log.append(messageAdded(id, text, { occurredAt }))).identity?.id;
}

async function keysOfList(log: EventLog, ...sightings: Parameters<typeof listed>[]): Promise<string[]> {
  const names = await log.identifyListedMessages(
    'c1',
    sightings.map((sighting) => listed(...sighting)),
  );
  return names.map(({ id }) => id);
}

/** Notes that "ok" is about to be sent; with its handle. */
const noteSend = (log: EventLog, clientMessageId: string, at: number): Promise<string> =>
  log.registerPendingSend({ conversationId: 'c1', digest: digestOf('ok'), clientMessageId, sentAt: new Date(at) });

/** What every engine keeps to when it names messages. */
export function describeNaming(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('assigns identities to messages only', async () => {
    const { log } = await open();
    expect((await log.append(queued('e1'))).identity).toBeNull();
    expect((await log.append(messageAdded('e2', 'Hello'))).identity).toEqual({
      id: expect.any(String) as string,
      listedId: null,
      clientMessageId: null,
    });
  });

  it('keeps the identity of the event when history lists the message later', async () => {
    const { log } = await open();
    const appended = await log.append(messageAdded('e1', 'Hello'));
    const [identity] = await log.identifyListedMessages('c1', [listed('m1', 'Hello', START + SECOND)]);
    expect(identity).toEqual({ ...appended.identity, listedId: 'm1' });
    expect((await log.read(c1, { limit: 1 })).events).toEqual([{ event: appended.event, cursor: appended.cursor, identity }]);
    expect((await log.append(messageAdded('e1', 'Hello'))).identity).toEqual(identity);
  });

  it('matches the echo of a known send with it, though an equal one of unknown outcome is pending', async () => {
    const { log } = await open();
    await noteSend(log, 'cm1', START);
    const second = await noteSend(log, 'cm2', START + SECOND);
    const { identity } = await log.append(messageAdded('own-1', 'ok', { occurredAt: START + SECOND }), second);
    expect(identity).toEqual({ id: 'eown-1', listedId: null, clientMessageId: 'cm2' });
    const names = await log.identifyListedMessages('c1', [
      { ...listed('m1', 'ok'), createdAt: null },
      { ...listed('m2', 'ok'), createdAt: null },
    ]);
    expect(names.map(({ clientMessageId }) => clientMessageId)).toEqual(['cm1', 'cm2']);
    expect(names[1]?.id).toBe('eown-1');
  });

  it('matches the echo of a send with it, though history has listed it and an equal one meanwhile', async () => {
    const { log } = await open();
    await noteSend(log, 'cm1', START);
    const second = await noteSend(log, 'cm2', START + SECOND);
    await log.identifyListedMessages('c1', [
      { ...listed('m1', 'ok'), createdAt: null },
      { ...listed('m2', 'ok'), createdAt: null },
    ]);
    const { identity } = await log.append(messageAdded('own-1', 'ok', { occurredAt: START + SECOND }), second);
    expect(identity).toEqual({ id: 'mm2', listedId: 'm2', clientMessageId: 'cm2' });
  });

  it('lists what was surely sent, where the list lacks one of two equal messages', async () => {
    const { log } = await open();
    await noteSend(log, 'cm1', START);
    const second = await noteSend(log, 'cm2', START + SECOND);
    await log.append(messageAdded('own-1', 'ok', { occurredAt: START + SECOND }), second);
    const names = await log.identifyListedMessages('c1', [{ ...listed('m1', 'ok'), createdAt: null }]);
    expect(names).toEqual([{ id: 'eown-1', listedId: 'm1', clientMessageId: 'cm2' }]);
  });

  it('delivers the identity assigned by a listing to later subscribers, though the page was read before', async () => {
    const { log } = await open();
    await log.append(messageAdded('e1', 'Hello'));
    const nextAfterOrigin = async () => {
      const subscription = await log.subscribe(c1, { after: log.origin(c1) });
      const { value } = (await subscription.next()) as IteratorYieldResult<Delivery>;
      await subscription.return();
      return value.identity;
    };
    expect(await nextAfterOrigin()).toMatchObject({ listedId: null });
    const [name] = await log.identifyListedMessages('c1', [listed('m1', 'Hello', START + SECOND)]);
    expect(await nextAfterOrigin()).toEqual(name);
  });

  it('assigns an event the identity under which history listed its message before', async () => {
    const { log } = await open();
    const [name] = await log.identifyListedMessages('c1', [listed('m1', 'Hello')]);
    const live = await log.subscribe(c1, {});
    expect((await log.append(messageAdded('e1', 'Hello', { occurredAt: START + SECOND }))).identity).toEqual(name);
    expect(await live.next()).toMatchObject({ value: { identity: name } });
  });

  it('matches an event with a listed message of its own content, though others wait for their events', async () => {
    const { log } = await open();
    const [first, second] = await keysOfList(log, ['m1', 'Hello'], ['m2', 'Good morning']);
    expect(await keyOfEvent(log, 'e2', 'Good morning')).toBe(second);
    expect(await keyOfEvent(log, 'e3', 'Something else')).toBe('ee3');
    expect(await keyOfEvent(log, 'e1', 'Hello')).toBe(first);
  });

  it('answers each sighting in its order, known and unknown ones mixed', async () => {
    const { log } = await open();
    const key = await keyOfEvent(log, 'e1', 'B');
    const [a = ''] = await keysOfList(log, ['m1', 'A']);
    const keys = await keysOfList(log, ['m3', 'C'], ['m2', 'B'], ['m1', 'A']);
    expect(keys.slice(1)).toEqual([key, a]);
    expect(new Set(keys).size).toBe(3);
    expect(await keysOfList(log, ['m1', 'A'], ['m2', 'B'], ['m3', 'C'])).toEqual([...keys].reverse());
    expect(await log.identifyListedMessages('c1', [])).toEqual([]);
  });

  it.each([5, 25])('identifies messages of equal text, sent %d s apart, whichever is seen first', async (seconds) => {
    for (const order of permutations(['event 1', 'event 2', 'list of 1', 'list of both'] as const)) {
      // Within the tolerance of the times: a listed message, and the event of a later one, with nothing else known, are taken for one.
      const ambiguous = order.slice(0, 2).includes('event 2') && order.slice(0, 2).includes('list of 1');
      if (seconds < 10 && ambiguous) continue;
      const { log } = await open();
      expect({ order, ...(await keysMet(log, order, START + seconds * SECOND)) }).toEqual({ order, first: 1, second: 1, both: 2 });
    }
  });

  it('identifies repeated texts, each by its own event, whichever part of them history lists first', async () => {
    const { log } = await open();
    const at = (n: number) => START + n * 60 * SECOND;
    const ofEvents: (string | undefined)[] = [];
    const append = async (n: number) => (ofEvents[n] = await keyOfEvent(log, `e${n}`, 'Yes', at(n)));
    const list = (from: number, to: number) =>
      keysOfList(log, ...Array.from({ length: to - from }, (_, n): Parameters<typeof listed> => [`m${from + n}`, 'Yes', at(from + n)]));
    for (let n = 0; n < 20; n += 1) await append(n);
    expect(await list(5, 10)).toEqual(ofEvents.slice(5, 10));
    await append(20);
    const listedNames = await list(15, 23);
    expect(listedNames.slice(0, 6)).toEqual(ofEvents.slice(15, 21));
    await append(22);
    await append(21);
    await append(23);
    expect(ofEvents.slice(21, 23)).toEqual(listedNames.slice(6));
    expect(await list(0, 24)).toEqual(ofEvents);
    expect(new Set(ofEvents).size).toBe(24);
  });

  it('matches the echo of a sent message, first seen as an event', async () => {
    const { log } = await open();
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('Hi'), clientMessageId: 'mine', sentAt: new Date(START) });
    const { identity } = await log.append(messageAdded('e1', 'Hi', { occurredAt: START + SECOND }));
    expect(identity?.clientMessageId).toBe('mine');
    expect(await log.identifyListedMessages('c1', [listed('m1', 'Hi', START + SECOND)])).toEqual([{ ...identity, listedId: 'm1' }]);
    expect((await log.append(messageAdded('e2', 'Hi', { occurredAt: START + SECOND }))).identity?.clientMessageId).toBeNull();
  });

  it('matches the echo of a sent message, first seen in history, also after a reopening', async () => {
    const { log, reopen } = await open();
    await log.registerPendingSend({ conversationId: 'c1', digest: digestOf('Hi'), clientMessageId: 'mine', sentAt: new Date(START) });
    const again = await reopen();
    const [name] = await again.identifyListedMessages('c1', [listed('m1', 'Hi', START + SECOND)]);
    expect(name?.clientMessageId).toBe('mine');
    expect((await again.append(messageAdded('e1', 'Hi', { occurredAt: START + SECOND }))).identity).toEqual(name);
  });

  it('expects no echo of a cancelled send', async () => {
    const { log } = await open();
    const send = { conversationId: 'c1', digest: digestOf('Hi'), sentAt: new Date(START) };
    const refused = await log.registerPendingSend({ ...send, clientMessageId: 'refused' });
    await log.registerPendingSend({ ...send, clientMessageId: 'sent' });
    await log.cancelPendingSend(refused);
    expect((await log.append(messageAdded('e1', 'Hi'))).identity?.clientMessageId).toBe('sent');
    expect((await log.append(messageAdded('e2', 'Hi'))).identity?.clientMessageId).toBeNull();
  });

  it('keeps conversations apart', async () => {
    const { log } = await open();
    await log.identifyListedMessages('c2', [listed('m1', 'Hi')]);
    await log.registerPendingSend({ conversationId: 'c2', digest: digestOf('Hi'), clientMessageId: 'theirs', sentAt: new Date(START) });
    expect((await log.append(messageAdded('e1', 'Hi'))).identity).toMatchObject({ listedId: null, clientMessageId: null });
  });

  it('keeps its identities after a reopening', async () => {
    const { log, reopen } = await open();
    const key = await keyOfEvent(log, 'e1', 'A');
    const keys = await keysOfList(log, ['m1', 'A'], ['m2', 'B']);
    const again = await reopen();
    expect(await keysOfList(again, ['m1', 'A'], ['m2', 'B'])).toEqual(keys);
    expect((await again.read(c1, { limit: 1 })).events[0]?.identity).toEqual({ id: key, listedId: 'm1', clientMessageId: null });
  });

  it('finds a message by its identity, with its event if there is one', async () => {
    const { log } = await open();
    const { event, cursor, identity } = await log.append(messageAdded('e1', 'A'));
    const [only] = await log.identifyListedMessages('c1', [listed('m2', 'B')]);
    expect(await log.findByIdentity('c1', identity?.id ?? '')).toEqual({ identity, event: { event, cursor, identity } });
    expect(await log.findByIdentity('c1', only?.id ?? '')).toEqual({ identity: only, event: null });
    expect(await log.findByIdentity('c1', 'unknown')).toBeNull();
    expect(await log.findByIdentity('c2', identity?.id ?? '')).toBeNull();
  });

  it('returns which messages no history has listed, in order of occurrence', async () => {
    const under = await open();
    const { log } = under;
    await appendWhenReceived(under, log, [messageAdded('old', 'old', { receivedAt: START - 1 })]);
    await log.append(messageAdded('e2', 'two', { occurredAt: START + 2 }));
    await log.append(messageAdded('e1', 'one', { occurredAt: START + 1 }));
    await log.append(messageAdded('listed', 'listed'));
    await log.append(queued('no message'));
    await log.append(messageAdded('elsewhere', 'one', { conversationId: 'c2' }));
    await log.identifyListedMessages('c1', [listed('m1', 'listed')]);
    const { messages: unlisted, knownFrom } = await log.eventsMissingFromHistory('c1', new Date(START));
    expect(knownFrom).toBe(START);
    const { events } = await log.read(c1, { limit: 10 });
    const e1AndE2 = events.filter(({ event }) => /^e\d/.test(event.id)).reverse();
    expect(unlisted).toEqual(e1AndE2.map(({ identity, event: { occurredAt, receivedAt } }) => ({ identity, occurredAt, receivedAt })));
    expect(idsOf(e1AndE2)).toEqual(['e1', 'e2']);
    for (const stored of e1AndE2) {
      const { identity } = stored;
      expect(await log.findByIdentity('c1', identity?.id ?? '')).toEqual({ identity, event: stored });
    }
  });
}

type Step = 'event 1' | 'event 2' | 'list of 1' | 'list of both';

/** Meets two messages of one text in the steps given; counts the keys that each, and both, were given. */
async function keysMet(log: EventLog, order: readonly Step[], late: number): Promise<Record<string, number>> {
  const first = new Set<string | undefined>();
  const second = new Set<string | undefined>();
  for (const step of order) {
    if (step === 'event 1') first.add(await keyOfEvent(log, 'e1', 'ok'));
    if (step === 'event 2') second.add(await keyOfEvent(log, 'e2', 'ok', late));
    if (step === 'list of 1') first.add((await keysOfList(log, ['m1', 'ok', START]))[0]);
    if (step === 'list of both') {
      const keys = await keysOfList(log, ['m1', 'ok', START], ['m2', 'ok', late]);
      first.add(keys[0]);
      second.add(keys[1]);
    }
  }
  return { first: first.size, second: second.size, both: new Set([...first, ...second]).size };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
