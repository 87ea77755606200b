import type { GraphQLFormattedError } from 'graphql';

/** Why a subscription ends that has not failed: each is about its connection. `docs/errors.md` documents their codes. */
export const TOO_SLOW: GraphQLFormattedError = {
  message: 'Slow consumer: reconnect and resume from the last cursor.',
  extensions: { code: 'SLOW_CONSUMER' },
};
export const RESTARTING: GraphQLFormattedError = {
  message: 'Server restarting: reconnect and resume after your last cursor.',
  extensions: { code: 'RESTARTING' },
};
export const EXPIRED: GraphQLFormattedError = {
  message: 'The token has expired: reconnect with a new one and resume after your last cursor.',
  extensions: { code: 'UNAUTHENTICATED' },
};

/** A reason with the cursor to resume after. Null if everything sent last must be queried again. */
export function withCursor(reason: GraphQLFormattedError, cursor: string | null): GraphQLFormattedError {
  return cursor === null ? reason : { ...reason, extensions: { ...reason.extensions, cursor } };
}
