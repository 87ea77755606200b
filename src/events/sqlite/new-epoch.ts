import { randomBytes } from 'node:crypto';

/** An epoch for a new or restored log: 72 random bits, so unique. */
export const randomEpoch = (): string => randomBytes(9).toString('base64url');
