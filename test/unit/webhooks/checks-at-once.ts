import { verifyRs256 } from '../../../src/webhooks/is-signed.js';
import type { SignatureChecker } from '../../../src/webhooks/signature-checks.js';

/** Without a thread. */
export const checksAtOnce: SignatureChecker = { check: (key, input, signature) => Promise.resolve(verifyRs256(key, input, signature)) };
