import type { Viewer } from './viewer.js';
import { EVERYONE_IS_ADMIN } from './viewer.js';

/** Identifies callers by their tokens. */
export interface Authenticator {
  /**
   * The viewer of this `authorization` (`Bearer …`; anonymous if undefined or empty). Synchronously for a token seen before. Throws, or rejects with,
   * `UnauthenticatedError` if it is invalid or has expired, and `AuthUnavailableError` if the keys to verify it cannot be fetched.
   */
  authenticate(authorization: string | undefined): Viewer | Promise<Viewer>;
}

/** For `AUTH=off`: asks for no token, and looks at none. */
export const NO_AUTHENTICATION: Authenticator = { authenticate: () => EVERYONE_IS_ADMIN };
