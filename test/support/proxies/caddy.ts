import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { configuration } from './proxy.js';
import type { ProxyKind } from './proxy.js';

const CONFIG = ['--config', configuration('Caddyfile'), '--adapter', 'caddyfile'];

/** Caddy, whose reload closes every WebSocket. */
export const CADDY: ProxyKind = {
  name: 'Caddy',
  program: 'caddy',
  how: 'apt-get install caddy',
  keepsConnections: false,
  webSocketsOverHttp2: false,
  prepare(directory, { port, basePath, gateways, certificate }) {
    const env = {
      SITE: `https://127.0.0.1:${port}`,
      BASE_PATH: basePath,
      GATEWAY_1: gateways[0],
      GATEWAY_2: gateways[1],
      TLS_CERTIFICATE: certificate.certFile,
      TLS_KEY: certificate.keyFile,
      CADDY_ADMIN: `unix/${directory}/admin.sock`,
      HOME: directory,
    };
    return { args: ['run', ...CONFIG], env };
  },
  async reload({ env, directory }) {
    // Unlike a changed configuration, the same one is loaded only by force.
    const args = ['reload', ...CONFIG, '--force', '--address', `unix/${directory}/admin.sock`];
    await promisify(execFile)('caddy', args, { env: { PATH: process.env['PATH'], ...env } });
  },
};
