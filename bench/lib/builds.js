// The gateway as built here, and an earlier build beside it, if there is one.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GATEWAY, settingsOver } from './gateway-settings.js';
import { NODE_ARGS, startServer } from './processes.js';

/** The earlier build in tables. */
export const EARLIER = 'earlier build';

const checkout = process.env.BENCH_EARLIER;
const earlier = checkout === undefined ? null : join(resolve(checkout), 'dist/main.js');
if (earlier !== null && !existsSync(earlier)) throw new Error(`BENCH_EARLIER: there is no ${earlier}: build that checkout first`);
if (earlier === null) console.log('No earlier build is measured: BENCH_EARLIER is the path of a built checkout of one.');

/** What is started, by name: the gateway, and the earlier build where `BENCH_EARLIER` says where it is. */
export const BUILDS = { gateway: GATEWAY, ...(earlier === null ? {} : { [EARLIER]: earlier }) };

/** Starts a build as `npm start` does. */
export const startBuild = (name, upstream, env = {}) =>
  startServer(BUILDS[name], { nodeArgs: NODE_ARGS, env: { ...settingsOver(upstream), ...env } });
