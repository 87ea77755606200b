import { isSigned } from '../../../src/webhooks/is-signed.js';
import type { SignatureChecker } from '../../../src/webhooks/signature-checks.js';

/** Without a thread. */
export const checksAtOnce: SignatureChecker = { check: (key, input, signature) => Promise.resolve(isSigned(key, input, signature)) };
