import { verifyRs256 } from '../../../../../src/datasources/shared/webhook-authentication/verify-rs256.js';
import type { SignatureChecker } from '../../../../../src/datasources/shared/webhook-authentication/signature-verifier.js';

/** Without a thread. */
export const inlineVerifier: SignatureChecker = { verify: (key, input, signature) => Promise.resolve(verifyRs256(key, input, signature)) };
