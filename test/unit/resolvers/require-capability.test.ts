import type { RequestContext } from '../../../src/context/request-context.js';
import type { Capability } from '../../../src/domain/capability.js';
import { UnsupportedByUpstreamError } from '../../../src/domain/errors.js';
import { requireCapability } from '../../../src/resolvers/require-capability.js';

const contextOf = (...capabilities: Capability[]) => ({ api: { capabilities: new Set(capabilities) } }) as unknown as RequestContext;

it('lets pass what the upstream can do', () => {
  expect(() => requireCapability(contextOf('TYPING', 'CARDS'), 'CARDS')).not.toThrow();
});

it('refuses what it cannot, and names it', () => {
  expect(() => requireCapability(contextOf('TYPING'), 'CARDS')).toThrow(UnsupportedByUpstreamError);
  expect(() => requireCapability(contextOf('TYPING'), 'CARDS')).toThrow(/ CARDS/);
});
