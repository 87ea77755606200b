import type { ConversationEvent } from '../../../src/domain/event.js';
import { EventIdReusedError, LogUnavailableError } from '../../../src/events/port/errors.js';
import { appendWhenReceived, disposing, idsOf } from './harness.js';
import type { OpenLog } from './harness.js';
import { messageAdded, queued, START } from './sample-events.js';

const c1 = { conversationId: 'c1' };

/** What every engine's `append` keeps to. */
export function describeAppending(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('stores events in the order in which they came', async () => {
    const { log } = await open();
    const ids = Array.from({ length: 100 }, (_, index) => `e${index}`);
    await Promise.all(ids.map((id) => log.append(queued(id))));
    expect(idsOf((await log.read(c1, { limit: 1000 })).events)).toEqual(ids);
  });

  it('returns what was appended, with dates as dates', async () => {
    const { log, reopen } = await open();
    const read: ConversationEvent = {
      ...messageAdded('e2', '', { occurredAt: START - 5, receivedAt: START + 7 }),
      type: 'MESSAGES_READ',
      data: { readAt: new Date(START + 3), reader: { participantId: 'p', type: 'CUSTOMER', name: 'Åsa', language: null, removed: false } },
    };
    const given = [messageAdded('e1', 'Zwei\r\nZeilen 🙂 \u0000 \ud800'), read];
    for (const event of given) await log.append(event);
    const { events } = await (await reopen()).read(c1, { limit: 10 });
    expect(events.map(({ event }) => event)).toEqual(given);
  });

  it('stores an event without a conversation among all events', async () => {
    const { log } = await open();
    const lost: ConversationEvent = {
      ...queued('e1'),
      conversationId: null,
      type: 'UNRECOGNIZED',
      data: { eventType: 'NEW', payload: { a: [1] } },
    };
    const { cursor, duplicate } = await log.append(lost);
    expect({ duplicate, events: (await log.read('all', { limit: 10 })).events }).toEqual({
      duplicate: false,
      events: [{ event: lost, cursor, identity: null }],
    });
    expect((await log.append({ ...lost })).duplicate).toBe(true);
  });

  it('stores an id once and answers a repeat with what is stored', async () => {
    const { log } = await open();
    const first = await log.append(messageAdded('e1', 'first'));
    await log.append(queued('e2'));
    const repeat = await log.append(messageAdded('e1', 'changed', { receivedAt: START + 9 }));
    expect(repeat).toEqual({ ...first, duplicate: true });
    expect(idsOf((await log.read(c1, { limit: 10 })).events)).toEqual(['e1', 'e2']);
  });

  it('knows a repeat after it was opened again', async () => {
    const { log, reopen } = await open();
    const first = await log.append(queued('e1'));
    const again = await reopen();
    expect(await again.append(queued('e1'))).toEqual({ ...first, duplicate: true });
    expect(idsOf((await again.read('all', { limit: 10 })).events)).toEqual(['e1']);
  });

  it('stores one of 64 concurrent appends of one id', async () => {
    const { log } = await open();
    const appended = await Promise.all(Array.from({ length: 64 }, () => log.append(queued('e1'))));
    expect(appended.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(appended.map(({ cursor }) => cursor)).size).toBe(1);
    expect((await log.read(c1, { limit: 10 })).events).toHaveLength(1);
  });

  it('rejects an id used in another conversation, and stores what was appended along with it', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    const [before, reused, without, after] = await Promise.allSettled([
      log.append(queued('e2')),
      log.append(queued('e1', { conversationId: 'c2' })),
      log.append({ ...queued('e1'), conversationId: null, type: 'UNRECOGNIZED', data: { eventType: 'X', payload: null } }),
      log.append(queued('e3')),
    ]);
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(reused).toEqual({ status: 'rejected', reason: expect.any(EventIdReusedError) as Error });
    expect(without).toEqual({ status: 'rejected', reason: expect.any(EventIdReusedError) as Error });
    expect(idsOf((await log.read('all', { limit: 10 })).events)).toEqual(['e1', 'e2', 'e3']);
  });

  it('rejects an event that it cannot write, and stays usable', async () => {
    const { log } = await open();
    const data = { eventType: 'X', payload: 1n };
    await expect(log.append({ ...queued('e1'), type: 'UNRECOGNIZED', data })).rejects.toThrow();
    expect((await log.append(queued('e1'))).duplicate).toBe(false);
  });

  it('returns which conversations had events since a time', async () => {
    const under = await open();
    const { log } = under;
    await appendWhenReceived(under, log, [
      queued('e1', { conversationId: 'old', receivedAt: START - 1 }),
      queued('e2', { conversationId: 'new', receivedAt: START }),
      queued('e3', { conversationId: 'both', receivedAt: START - 1 }),
      queued('e4', { conversationId: 'both', receivedAt: START + 1 }),
    ]);
    expect([...(await log.activeSince(new Date(START)))].sort()).toEqual(['both', 'new']);
  });

  it('finishes appends in flight when it is closed, and rejects later ones', async () => {
    const { log, reopen } = await open();
    const begun = Promise.all(Array.from({ length: 50 }, (_, index) => log.append(queued(`e${index}`))));
    const closed = log.close();
    await expect(log.append(queued('late'))).rejects.toThrow(LogUnavailableError);
    await expect(log.read(c1, { limit: 1 })).rejects.toThrow(LogUnavailableError);
    await expect(log.subscribe(c1, {})).rejects.toThrow(LogUnavailableError);
    await closed;
    await log.close();
    expect(await begun).toHaveLength(50);
    expect((await (await reopen()).read(c1, { limit: 100 })).events).toHaveLength(50);
  });

  it('is well when nothing is wrong', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    expect((await log.health()).ok).toBe(true);
  });
}
