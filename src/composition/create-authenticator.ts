import { NO_AUTHENTICATION } from '../auth/authenticator.js';
import type { Authenticator } from '../auth/authenticator.js';
import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import type { Logger } from '../observability/logger.js';
import { vendorId } from '../schema/global-id.js';

/** What checks tokens is imported only where they are asked for. */
export async function authenticatorOf({ auth }: Config, clock: Clock, logger: Logger): Promise<Authenticator> {
  if (auth.mode === 'off') return NO_AUTHENTICATION;
  const { JwtAuthenticator } = await import('../auth/jwt-authenticator.js');
  if (auth.jwksUrl !== null && auth.audience === null)
    logger.warn({}, 'AUTH_AUDIENCE is not set: tokens that were made for other services by the same issuer are taken too');
  return new JwtAuthenticator(auth, {
    clock,
    fetch,
    toConversationId: (id) => vendorId('Conversation', id),
    onKeyFault: (error) => logger.warn({ error }, 'key set not fetched'),
  });
}
