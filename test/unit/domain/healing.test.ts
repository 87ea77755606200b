import {
  decideHealings,
  healedEventId,
  healedMessageId,
  healingReachMs,
  IMPORT_MARGIN_MS,
  UNCERTAIN_MS,
} from '../../../src/domain/healing.js';
import type { HealingFacts } from '../../../src/domain/healing.js';
import { CLOCK_TOLERANCE_MS } from '../../../src/domain/message-matching.js';
import type { IdentityRecord } from '../../../src/domain/message-matching.js';

const T = 1_767_225_600_000;

const waiting = (listedId: string, at: number, given: Partial<IdentityRecord> = {}): IdentityRecord => ({
  ...{ id: `m${listedId}`, listedId, clientMessageId: null, digest: 'd', listedAt: at, eventId: null, occurredAt: null },
  ...given,
});
const unlisted = (eventId: string, at: number, digest = 'd'): IdentityRecord => ({
  ...{ id: `e${eventId}`, listedId: null, clientMessageId: null, digest, listedAt: null, eventId, occurredAt: at },
});
const decide = (records: readonly IdentityRecord[], given: Partial<HealingFacts> = {}, listedId = '1') =>
  decideHealings([listedId], { records, firstEventAt: T - 60_000, hadEvents: false, erasedAt: null, since: null, ...given })[0];

describe('the decision about a listed message', () => {
  it('heals the one whose record waits', () => {
    const record = waiting('1', T);
    expect(decide([waiting('2', T), record])).toBe(record);
  });

  it('heals none that has an event, an event of ours, or no record or time', () => {
    expect(decide([])).toBe('SETTLED');
    expect(decide([waiting('1', T, { eventId: 'e' })])).toBe('SETTLED');
    expect(decide([waiting('1', T, { isHealed: true })])).toBe('SETTLED');
    expect(decide([waiting('1', T, { listedAt: null })])).toBe('SETTLED');
  });

  it('heals nothing from before an erasure, as far as clocks agree', () => {
    expect(decide([waiting('1', T)], { erasedAt: T - CLOCK_TOLERANCE_MS })).toBe('SETTLED');
    expect(decide([waiting('1', T)], { erasedAt: T - CLOCK_TOLERANCE_MS - 1 })).toMatchObject({ listedId: '1' });
  });

  it('expects an event only of what is newer than the first one, or was sent through a gateway', () => {
    const records = [waiting('1', T)];
    expect(decide(records, { firstEventAt: null })).toBe('UNEXPECTED');
    expect(decide(records, { firstEventAt: T - IMPORT_MARGIN_MS + 1 })).toBe('UNEXPECTED');
    expect(decide(records, { firstEventAt: T - IMPORT_MARGIN_MS })).toBe(records[0]);
    expect(decide(records, { firstEventAt: null, since: T })).toBe(records[0]);
    expect(decide(records, { firstEventAt: null, since: T + 1 })).toBe('UNEXPECTED');
    expect(decide(records, { firstEventAt: T, hadEvents: true })).toBe(records[0]);
    expect(decide([waiting('1', T, { occurredAt: T })], { firstEventAt: null })).toMatchObject({ listedId: '1' });
  });

  it('is made for many in order, each as if the events of those before it were stored', () => {
    const facts = { firstEventAt: null, hadEvents: false, erasedAt: null, since: null };
    const [early, ours, near, late] = [
      waiting('1', T - 1),
      waiting('2', T, { occurredAt: T }),
      waiting('3', T + IMPORT_MARGIN_MS - 1),
      waiting('4', T + IMPORT_MARGIN_MS),
    ];
    const records = [early, ours, near, late];
    expect(decideHealings(['1', '2', '3', '4', '2', 'unknown'], { ...facts, records })).toEqual([
      ...['UNEXPECTED', ours, 'UNEXPECTED', late, 'SETTLED', 'SETTLED'],
    ]);
    expect(decideHealings(['4', '2'], { ...facts, records })).toEqual(['UNEXPECTED', ours]);
    // The first is healed, so only the second one is left for the event.
    const alike = [waiting('1', T), waiting('2', T + 1_000), unlisted('e', T + 60_000)];
    expect(decideHealings(['1', '2'], { ...facts, hadEvents: true, records: alike })).toEqual([alike[0], 'UNCERTAIN']);
  });

  it('is uncertain while an equal event is unlisted, once for each such event', () => {
    const alike = [waiting('1', T), waiting('2', T + 1_000)];
    expect(decide([...alike, unlisted('e', T + 60_000)], {}, '1')).toMatchObject({ listedId: '1' });
    expect(decide([...alike, unlisted('e', T + 60_000)], {}, '2')).toBe('UNCERTAIN');
    expect(decide([...alike, unlisted('e', T), unlisted('f', T)], {}, '1')).toBe('UNCERTAIN');
    expect(decide([waiting('1', T), unlisted('e', T, 'other')])).toMatchObject({ listedId: '1' });
    expect(decide([waiting('1', T), unlisted('e', T + UNCERTAIN_MS)])).toBe('UNCERTAIN');
    expect(decide([waiting('1', T), unlisted('e', T + UNCERTAIN_MS + 1)])).toMatchObject({ listedId: '1' });
  });
});

describe('healed events', () => {
  it('have an id that follows from what they report, and from nothing else', () => {
    expect(healedMessageId('c1', 'm1')).toBe(healedMessageId('c1', 'm1'));
    expect(healedMessageId('c1', 'm1')).toMatch(/^heal-[\w-]{22}$/);
    const others = [
      healedMessageId('c1', 'm2'),
      healedMessageId('c2', 'm1'),
      healedEventId('c1', 'm1'),
      healedEventId('message', 'c1m', '1'),
    ];
    expect(new Set([healedMessageId('c1', 'm1'), ...others]).size).toBe(5);
  });

  it('are of messages whose own event would still be stored', () => {
    expect(healingReachMs(24, 72)).toBe(23);
    expect(healingReachMs(72, 24)).toBe(23);
  });
});
