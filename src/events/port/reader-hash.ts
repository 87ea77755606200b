import { createHash } from 'node:crypto';

/** Stands for a reader in what is stored: its name may be that of a person. */
export const readerHash = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 16);
