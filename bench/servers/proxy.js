// The proxy with undici bare.
import { Pool } from 'undici';
import { serveProxy } from '../lib/serve-proxy.js';

const pool = new Pool(process.env.UPSTREAM_URL, { connections: Number(process.env.CONNECTIONS ?? 128), pipelining: 1 });

await serveProxy(async (path) => {
  const { body } = await pool.request({ method: 'GET', path: `/chat-gateway/v1${path}` });
  return body.json();
});
