import { randomBytes } from 'node:crypto';

/** Returns `size` random bytes. Injected, so that tests can make the simulator's choices predictable. */
export type RandomSource = (size: number) => Uint8Array;

/** Returns a new id at each call. */
export type NewId = () => string;

/** The operating system's randomness. */
export const systemRandom: RandomSource = (size) => randomBytes(size);

/**
 * Ids of 22 characters of plain base64url (128 bits). A restarted simulator must not repeat
 * an id that a client's old log has seen. None begins with a dash, so that each can be passed on a command line.
 */
export function createNewId(random: RandomSource): NewId {
  return () => Buffer.from(random(16)).toString('base64url').replace(/^-/, '_');
}

/** One of `items` at random. @throws RangeError if there are none */
export function pickOne<T>(items: readonly T[], random: RandomSource): T {
  const picked = items[(random(1)[0] ?? 0) % items.length];
  if (picked === undefined) throw new RangeError('cannot pick from an empty list');
  return picked;
}
