// The limit for a query: a JSON proxy in Fastify that makes the gateway's two calls, reads the answers, and writes one.
import fastify from 'fastify';

/** Serves it, with `read(path)` for the JSON that a path of the upstream answers. */
export async function serveProxy(read) {
  const app = fastify();
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
}
