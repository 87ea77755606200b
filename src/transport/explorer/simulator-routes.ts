import type { FastifyInstance } from 'fastify';

/**
 * Passes `/_sim/…`, by which the simulated contact centre is driven, on to the one inside this gateway, whose own port nobody knows: for `events send`, say. A page of
 * another origin cannot post JSON without having asked.
 */
export function simulatorRoutes(app: FastifyInstance, simulatorUrl: string): void {
  app.get('/_sim/*', async ({ url }, reply) => {
    const response = await fetch(new URL(url, simulatorUrl));
    return reply.code(response.status).send(await response.json());
  });
  app.post('/_sim/*', async ({ url, body }, reply) => {
    if (typeof body !== 'object') return reply.code(415).send({ error: 'The content type must be application/json.' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(new URL(url, simulatorUrl), { method: 'POST', headers, body: JSON.stringify(body) });
    return reply.code(response.status).send(await response.json());
  });
}
