import type { Exchange } from './resilience-policy.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** What each call to an upstream passes: it decides when the call is sent, and whether it is. */
export interface CallGuard {
  /** Throws `CircuitOpenError` while the upstream is down. */
  admit(): void;
  /** Sends a read. */
  read(exchange: Exchange): Promise<UpstreamAnswer>;
  /** Sends a call that changes something, once. */
  change(exchange: Exchange): Promise<UpstreamAnswer>;
}
