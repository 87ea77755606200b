import { InboxCache, InboxReading } from '../../../../src/events/redis/inbox-cache.js';

const POSITION = { time: 1, partition: 0, hash: 'c' };
const PAGE = { entries: [], next: null };
const [KNOWN, SEEN] = [['v1', 'w1'], 'range'];

/** Reads one page of two partitions; each part comes with the version that it is of. */
function readPage(cache: InboxCache, ...versions: readonly [string, string]): void {
  const reading = new InboxReading(cache.at('epoch', KNOWN));
  for (const [partition, version] of versions.entries())
    reading.toKeep(partition, version)?.positions.set(SEEN, [{ ...POSITION, partition }]);
  reading.keepPage('query', PAGE);
}

/** What is known in these versions: of each partition, and of the page. */
function known(cache: InboxCache, versions: readonly string[] = KNOWN, epoch = 'epoch'): readonly boolean[] {
  const reading = new InboxReading(cache.at(epoch, versions));
  return [reading.positions(0, SEEN) !== undefined, reading.positions(1, SEEN) !== undefined, reading.known.pages.has('query')];
}

it('keeps what was read of a partition until its version changes, and pages until any does', () => {
  const cache = new InboxCache();
  readPage(cache, 'v1', 'w1');
  expect(known(cache)).toEqual([true, true, true]);
  expect(known(cache, ['v1', 'w2'])).toEqual([true, false, false]);
  expect(known(cache)).toEqual([true, false, false]);
});

it('keeps nothing that is newer than its version: Redis may lose it and be in that version again', () => {
  const cache = new InboxCache();
  readPage(cache, 'v1', 'w2');
  expect(known(cache)).toEqual([true, false, false]);
});

it('keeps nothing of another log', () => {
  const cache = new InboxCache();
  readPage(cache, 'v1', 'w1');
  expect(known(cache, KNOWN, 'another')).toEqual([false, false, false]);
  expect(known(cache)).toEqual([false, false, false]);
});
