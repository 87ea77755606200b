// The limit for a query: a JSON proxy in Fastify that makes the same calls with the same HTTP client, reads the answers, and writes one.
import fastify from 'fastify';
import { Pool } from 'undici';

const base = process.env.UPSTREAM_URL;
const pool = new Pool(base, { connections: Number(process.env.CONNECTIONS ?? 128), pipelining: 1 });
const app = fastify();

async function read(path) {
  const { body } = await pool.request({ method: 'GET', path: `/chat-gateway/v1${path}` });
  return body.json();
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
