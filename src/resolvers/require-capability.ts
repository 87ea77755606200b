import type { RequestContext } from '../context.js';
import type { Capability } from '../domain/capability.js';
import { UnsupportedByUpstreamError } from '../domain/errors.js';

/** Throws `UnsupportedByUpstreamError` where the configured upstream cannot do this, before anything is asked of it. */
export function requireCapability({ api }: RequestContext, capability: Capability): void {
  if (!api.capabilities.has(capability))
    throw new UnsupportedByUpstreamError(`This contact centre's API has no ${capability}; \`gateway { capabilities }\` tells what it has.`);
}
