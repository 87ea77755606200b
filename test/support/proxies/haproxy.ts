import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configuration } from './proxy.js';
import type { ProxyKind } from './proxy.js';

/** HAProxy, with a master that reloads it. */
export const HAPROXY: ProxyKind = {
  name: 'HAProxy',
  program: 'haproxy',
  how: 'apt-get install haproxy',
  keepsConnections: true,
  webSocketsOverHttp2: true,
  prepare(directory, { port, basePath, gateways, certificate }) {
    const pem = join(directory, 'proxy.pem');
    writeFileSync(pem, certificate.pem + readFileSync(certificate.keyFile, 'utf8'), { mode: 0o600 });
    const env = {
      LISTEN: `127.0.0.1:${port}`,
      BASE_PATH: basePath,
      GATEWAY_1: gateways[0],
      GATEWAY_2: gateways[1],
      TLS_PEM: pem,
    };
    return { args: ['-W', '-f', configuration('haproxy.cfg')], env };
  },
  async reload(proxy) {
    proxy.child.kill('SIGUSR2');
    await proxy.untilLogged('Loading success', 2);
  },
};
