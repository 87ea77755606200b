import type { KeyObject } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { verifyRs256 } from './verify-rs256.js';

/** What the thread verifies: the key, the signed input, and the signature in base64url. */
export type VerifyJob = readonly [key: KeyObject, input: string, signature: string];

/** Answers each batch of jobs with their results, in their order. */
const port = parentPort;
port?.on('message', (jobs: readonly VerifyJob[]) => {
  port.postMessage(jobs.map(([key, input, signature]) => verifyRs256(key, input, signature)));
});
