import { NO_AUTHENTICATION } from '../auth/authenticator.js';
import type { Authenticator } from '../auth/authenticator.js';
import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import type { Logger } from '../observability/logger.js';
import { vendorId } from '../schema/global-id.js';

/** The code that verifies tokens is loaded only with `AUTH=jwt`. */
export async function createAuthenticator({ auth }: Config, clock: Clock, logger: Logger): Promise<Authenticator> {
  if (auth.mode === 'off') return NO_AUTHENTICATION;
  const { JwtAuthenticator } = await import('../auth/jwt-authenticator.js');
  if (auth.jwksUrl !== null && auth.audience === null)
    logger.warn({}, 'AUTH_AUDIENCE is not set: tokens issued for other audiences will be accepted');
  return new JwtAuthenticator(auth, {
    clock,
    fetch,
    toConversationId: (id) => vendorId('Conversation', id),
    onKeyFault: (error) => logger.warn({ error }, 'JWKS fetch failed'),
  });
}
