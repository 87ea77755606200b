// The proxy with the gateway's HTTP client: axios over a pool of undici, by the gateway's own adapter and with its settings.
import { Axios } from 'axios';
import { pooledAdapter } from '../../build/datasources/upstream/undici-axios-adapter.js';
import { serveProxy } from '../lib/serve-proxy.js';

const base = process.env.UPSTREAM_URL;
const always = {
  accept: 'application/hal+json, application/json, application/problem+json',
  'x-8x8-tenant': process.env.UPSTREAM_TENANT,
  'x-api-key': process.env.UPSTREAM_API_KEY,
};
const http = new Axios({ adapter: pooledAdapter(base).withHeaders(always), maxContentLength: 10 * 1024 * 1024 });

await serveProxy(async (path) => {
  const { data } = await http.request({ method: 'GET', url: `${base}/chat-gateway/v1${path}` });
  return JSON.parse(data);
});
