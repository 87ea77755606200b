import type { RequestContext } from '../context/request-context.js';
import type { Capability } from '../domain/capability.js';
import { UnsupportedByUpstreamError } from '../domain/errors.js';

/** Throws `UnsupportedByUpstreamError` where the configured upstream cannot do it. */
export function requireCapability({ api }: Pick<RequestContext, 'api'>, capability: Capability): void {
  if (!api.capabilities.has(capability)) {
    throw new UnsupportedByUpstreamError(`The contact centre's API behind this gateway does not have the capability ${capability}.`);
  }
}
