import { Readable } from 'node:stream';
import { HeaderMap } from '@apollo/server';
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestContext } from '../context.js';

/** Serves queries and mutations at a path, by GET and POST. Of the request's URL, Apollo wants the search only: nothing is parsed of it here. */
export function graphqlRoute(
  app: FastifyInstance,
  apollo: ApolloServer<RequestContext>,
  { path, context }: { readonly path: string; readonly context: (request: FastifyRequest) => RequestContext },
): void {
  app.route({
    method: ['GET', 'POST'],
    url: path,
    handler: async (request, reply) => {
      const { method, url, body: asked } = request;
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: headersOf(request), search: searchOf(url), body: asked },
        context: () => Promise.resolve(context(request)),
      });
      for (const [name, value] of answer.headers) void reply.header(name, value);
      void reply.code(answer.status ?? 200);
      return answer.body.kind === 'complete' ? answer.body.string : Readable.from(answer.body.asyncIterator);
    },
  });
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

/** From the question mark on; empty where there is none. */
const searchOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
