import type { Span } from '../../observability/tracing.js';

/** Headers that say who we are. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** Where credentials come from that do not last. `caller`: what a call for them is a step of; null if nothing is traced. */
export interface CredentialSource {
  /** For a call to come. Rejects with a `GatewayError` where there are none to be had. */
  current(caller: Span | null): Promise<CredentialHeaders>;
  /** Other credentials to retry with, after the upstream rejected those of `current`. */
  refreshAfterRejection(rejected: CredentialHeaders, caller: Span | null): Promise<CredentialHeaders>;
}

/** Whether credentials come from a source; else they are the headers themselves. */
export function isSource(credentials: CredentialHeaders | CredentialSource): credentials is CredentialSource {
  return typeof credentials['current'] === 'function';
}
