import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOW_TO_GET_NGINX } from '../nginx.js';
import { configuration } from './proxy.js';
import type { ProxyKind } from './proxy.js';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** nginx, with `nginx.conf.template` filled in as the official image does. */
export const NGINX: ProxyKind = {
  name: 'nginx',
  program: 'nginx',
  how: HOW_TO_GET_NGINX,
  keepsConnections: true,
  webSocketsOverHttp2: false,
  prepare(directory, { port, basePath, gateways, certificate }) {
    const variables: Readonly<Record<string, string>> = {
      LISTEN: `127.0.0.1:${port}`,
      BASE_PATH: basePath,
      GATEWAY_1: gateways[0],
      GATEWAY_2: gateways[1],
      TLS_CERTIFICATE: certificate.certFile,
      TLS_KEY: certificate.keyFile,
      ACCESS_LOG: join(directory, 'access.log'),
    };
    const template = readFileSync(configuration('nginx.conf.template'), 'utf8');
    const filledIn = template.replace(/\$\{(\w+)\}/g, (whole, name: string) => variables[name] ?? whole);
    writeFileSync(join(directory, 'gateway.conf'), filledIn);
    const temporary = TEMPORARY.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ');
    const main = `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log notice;
events { worker_connections 512; } http { ${temporary} include ${directory}/gateway.conf; }`;
    writeFileSync(join(directory, 'nginx.conf'), main);
    return { args: ['-p', directory, '-e', `${directory}/error.log`, '-c', join(directory, 'nginx.conf')], env: {} };
  },
  async reload(proxy) {
    proxy.child.kill('SIGHUP');
    await proxy.untilLogged('gracefully shutting down');
  },
};
