// How the gateway is started for a benchmark: as shipped, over the bench's upstream.
import { NODE_ARGS, pathOf, startServer } from './processes.js';

export const GATEWAY = pathOf('../dist/main.js');

export const settingsOver = (upstream) => ({
  UPSTREAM: 'chat-gateway-v1',
  UPSTREAM_URL: upstream.url,
  UPSTREAM_API_KEY: 'bench',
  UPSTREAM_TENANT: 'tenant',
  UPSTREAM_CUSTOMER: 'customer',
});

/** The gateway as `npm start` starts it. */
export const startGateway = (env) => startServer(GATEWAY, { nodeArgs: NODE_ARGS, env });
