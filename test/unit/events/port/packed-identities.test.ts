import type { IdentityRecord } from '../../../../src/domain/message-matching.js';
import { packIdentities, unpackIdentities } from '../../../../src/events/port/packed-identities.js';

const T = 1_767_225_600_000;
const UUID = '00000000-0000-4000-8000-000000000000';

const record = (given: Partial<IdentityRecord>): IdentityRecord => ({
  ...{ id: 'mm1', listedId: 'm1', clientMessageId: null, digest: 'abcdefghijk', listedAt: T, eventId: null, occurredAt: null },
  ...given,
});

describe('packed identities', () => {
  it('are unpacked as they were', () => {
    const records = [
      record({}),
      record({ listedAt: T + 60_000 }),
      record({ listedAt: null, occurredAt: T }),
      record({ clientMessageId: 'mine', occurredAt: T + 1 }),
      record({ id: 'ee1', listedId: null, listedAt: null, eventId: 'e1', occurredAt: T - 5 }),
      record({ id: 'mm1', eventId: 'e1', occurredAt: T, clientMessageId: 'mine' }),
      record({ id: 'mm\0"1', listedId: 'm\0"1' }),
      record({ isHealed: true }),
    ];
    expect(unpackIdentities(packIdentities(records))).toEqual(records);
    expect(unpackIdentities(packIdentities([]))).toEqual([]);
  });

  it('keep of a listed message whose event came first only the two ids', () => {
    const [pair] = unpackIdentities(packIdentities([record({ id: 'ee1', eventId: 'e1', occurredAt: T })]));
    expect(pair).toEqual(record({ id: 'ee1', eventId: 'e1', digest: '', listedAt: null }));
  });

  it('take less than 70 characters for a message that waits', () => {
    const waiting = Array.from({ length: 20 }, (_, index) => record({ listedId: UUID, listedAt: T + index * 60_000 }));
    expect(packIdentities(waiting).length / 20).toBeLessThan(70);
  });
});
