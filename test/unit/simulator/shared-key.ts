import { createSigningKey } from '../../../src/simulator/webhook-sender/signing-key.js';

/** One key for all simulators of a test file: making one takes longer than most tests. */
export const sharedKey = createSigningKey('shared-key');
