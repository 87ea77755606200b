import type { Simulator } from '../../src/simulator/simulator.js';

/** The settings of a gateway over a simulated Chat Gateway, which listens; `url`: of what stands before it, if anything does. */
export const upstreamSettings = (simulator: Simulator, url = simulator.url) => ({
  UPSTREAM: 'chat-gateway-v1',
  UPSTREAM_URL: url,
  UPSTREAM_API_KEY: simulator.apiKey,
  UPSTREAM_TENANT: simulator.tenantId,
  UPSTREAM_CUSTOMER: simulator.customerId,
});
