import { crc32 } from 'node:zlib';

const PLACES = 80;
/** `a` and `c` differ in one bit. */
const FLIP = 0x02;

/**
 * A text of the given CRC32: `head`, then 80 letters `a` or `c` of our choice, then `tail`. CRC32 is linear, so each letter's flip changes the
 * checksum by a fixed difference, whatever the others are; which flips add up to the wanted difference is a system of 32 linear equations.
 */
export function forgeCrc32(head: string, tail: string, checksum: number): Buffer {
  const forged = Buffer.from(head + 'a'.repeat(PLACES) + tail);
  const start = Buffer.byteLength(head);
  const base = crc32(forged);

  const basis: { difference: number; flips: bigint }[] = [];
  const reduce = (difference: number, flips: bigint) => {
    for (const known of basis) {
      if ((difference ^ known.difference) >>> 0 < difference >>> 0)
        [difference, flips] = [difference ^ known.difference, flips ^ known.flips];
    }
    return { difference: difference >>> 0, flips };
  };
  for (let place = 0; place < PLACES; place += 1) {
    const flipped = Buffer.from(forged);
    flipped[start + place] = 'a'.charCodeAt(0) ^ FLIP;
    const reduced = reduce(crc32(flipped) ^ base, 1n << BigInt(place));
    if (reduced.difference !== 0) basis.push(reduced);
    basis.sort((a, b) => b.difference - a.difference);
  }

  const { difference, flips } = reduce(base ^ checksum, 0n);
  if (difference !== 0) throw new Error('these places cannot make up that checksum');
  for (let place = 0; place < PLACES; place += 1) {
    if ((flips >> BigInt(place)) & 1n) forged[start + place] = 'a'.charCodeAt(0) ^ FLIP;
  }
  return forged;
}
