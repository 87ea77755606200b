import type { Viewer } from './viewer.js';
import { EVERYONE_IS_ADMIN } from './viewer.js';

/** Tells who asks. */
export interface Authenticator {
  /**
   * Who sends this `authorization` (`Bearer …`; undefined or empty: nobody we know). At once for a token met before. Throws, or rejects with,
   * `UnauthenticatedError` for one that is no good or has expired, and `AuthUnavailableError` where the keys to check it by cannot be fetched.
   */
  viewerOf(authorization: string | undefined): Viewer | Promise<Viewer>;
}

/** For `AUTH=off`: asks for no token, and looks at none. */
export const NO_AUTHENTICATION: Authenticator = { viewerOf: () => EVERYONE_IS_ADMIN };
