// How the gateway is started for a benchmark: as shipped, over the bench's upstream.
import { bundleScript } from '../../scripts/bundle-script.js';
import { NODE_ARGS, pathOf, startServer } from './processes.js';

export const GATEWAY = pathOf('../dist/main.js');
const FEED = 'dist/gateway-feed.js';

export const settingsOver = (upstream) => ({
  UPSTREAM: 'chat-gateway-v1',
  UPSTREAM_URL: upstream.url,
  UPSTREAM_API_KEY: 'bench',
  UPSTREAM_TENANT: 'tenant',
  UPSTREAM_CUSTOMER: 'customer',
});

/** The gateway as `npm start` starts it. */
export const startGateway = (env) => startServer(GATEWAY, { nodeArgs: NODE_ARGS, env });

/** The gateway with a feed in the place of webhooks and of the log's thread, bundled and, without `nodeArgs` of one's own, started as `npm start` has it. */
export async function startFeed(env, nodeArgs = NODE_ARGS) {
  await bundleScript('bench/servers/gateway-feed.js', `bench/${FEED}`, 'esm');
  return startServer(pathOf(FEED), { nodeArgs, env });
}
