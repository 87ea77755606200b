import type { KeyObject } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { verifyRs256 } from './verify-rs256.js';

/** A check as it goes to the thread: the key, what was signed, and the signature in base64url. */
export type VerifyJob = readonly [key: KeyObject, input: string, signature: string];

/** The thread beside the event loop: answers each batch of checks with one of what they came to, in their order. */
const port = parentPort;
port?.on('message', (checks: readonly VerifyJob[]) => {
  port.postMessage(checks.map(([key, input, signature]) => verifyRs256(key, input, signature)));
});
