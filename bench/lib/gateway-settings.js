// Starts the gateway for a benchmark: as shipped, with the benchmark's upstream.
import { copyFileSync } from 'node:fs';
import { bundleScript } from '../../scripts/bundle-script.js';
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

/** The path of a server of the benchmarks' that is made of the gateway's parts, bundled as the gateway is. */
export async function bundledServer(name) {
  await bundleScript(`bench/servers/${name}.js`, `bench/dist/${name}.js`, 'esm');
  // The log's thread is looked for beside who starts it.
  copyFileSync(pathOf('../dist/worker.js'), pathOf('dist/worker.js'));
  return pathOf(`dist/${name}.js`);
}

/** The gateway with a feed in the place of webhooks and of the log's thread; without `nodeArgs` of one's own, started as `npm start` has it. */
export const startFeed = async (env, nodeArgs = NODE_ARGS) => startServer(await bundledServer('gateway-feed'), { nodeArgs, env });
