import { verifyRs256 } from '../../../src/webhooks/verify-rs256.js';
import type { SignatureChecker } from '../../../src/webhooks/signature-verifier.js';

/** Without a thread. */
export const checksAtOnce: SignatureChecker = { check: (key, input, signature) => Promise.resolve(verifyRs256(key, input, signature)) };
