// The same proxy with the gateway's HTTP client: axios over a pool of undici, by the gateway's own adapter and with its settings.
import { Axios } from 'axios';
import fastify from 'fastify';
import { pooledAdapter } from '../../build/datasources/pooled-adapter.js';

const base = process.env.UPSTREAM_URL;
const always = { accept: 'application/hal+json, application/json, application/problem+json', 'x-8x8-tenant': process.env.UPSTREAM_TENANT };
const credentials = { 'x-api-key': process.env.UPSTREAM_API_KEY };
const http = new Axios({ adapter: pooledAdapter(base, always).adapter, maxContentLength: 10 * 1024 * 1024 });
const app = fastify();

async function read(path) {
  const { data } = await http.request({ method: 'GET', url: `${base}/chat-gateway/v1${path}`, headers: credentials });
  return JSON.parse(data);
}

app.post('/graphql', async (request) => {
  const id = encodeURIComponent(request.body.variables.id);
  const [conversation, messages] = await Promise.all([
    read(`/conversations/${id}`),
    read(`/conversations/${id}/messages?size=20&page=0&sort=createdAt%3Adesc`),
  ]);
  return { data: { conversation, messages } };
});
process.on('SIGTERM', () => process.exit(0));
await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
console.log(JSON.stringify({ msg: 'listening', graphqlUrl: `http://127.0.0.1:${app.server.address().port}/graphql` }));
