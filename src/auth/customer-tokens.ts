import { createHash } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import type { SignedToken } from './sign-token.js';
import type { TokenSettings } from './token-settings.js';

/** Makes tokens for customers, each for just some conversations. */
export class CustomerTokens {
  constructor(
    private readonly settings: TokenSettings,
    private readonly clock: Clock,
  ) {}

  /** Whether there is a secret to sign them with. */
  get canIssue(): boolean {
    return this.settings.secret !== null;
  }

  /** Its subject is the same whenever the conversations are, so that limits and idempotency go on from one to the next. */
  async issue(conversationIds: readonly string[], ttlSeconds: number): Promise<SignedToken> {
    // What signs is loaded only where it is needed.
    const { signToken } = await import('./sign-token.js');
    const conversations = [...new Set(conversationIds)].sort();
    const sub = `conversations:${createHash('sha256').update(JSON.stringify(conversations)).digest('base64url').slice(0, 22)}`;
    return signToken(this.settings, { sub, scope: 'chat:customer', conversations }, { now: this.clock(), ttlSeconds });
  }
}
