import { randomBytes } from 'node:crypto';

/** An epoch for a log that is made, or restored: 72 random bits, so never the same twice. */
export const randomEpoch = (): string => randomBytes(9).toString('base64url');
