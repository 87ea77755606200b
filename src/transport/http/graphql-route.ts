import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { HeaderMap } from '@apollo/server';
import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestContext } from '../../context/request-context.js';
import type { Span, Tracing } from '../../observability/tracing.js';
import { acceptedFormat, acceptsStreamsOnly } from '../streaming/accepted-format.js';
import { EVENT_STREAM } from '../streaming/stream-format.js';

export interface GraphqlRouteOptions {
  readonly path: string;
  readonly tracing: Tracing;
  /** `span`: of the operation; null if nothing is traced. */
  readonly context: (request: FastifyRequest, span: Span | null) => RequestContext;
}

/** Serves queries and mutations at a path, by GET and POST. Of the request's URL, Apollo wants the search only: nothing is parsed of it here. */
export function graphqlRoute(
  app: FastifyInstance,
  apollo: ApolloServer<RequestContext>,
  { path, tracing, context }: GraphqlRouteOptions,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: path,
    handler: async (request, reply) => {
      const { method, url, body: asked } = request;
      const span = tracing.enabled ? tracing.start(request.span, 'internal', 'graphql', {}) : null;
      const contextValue = context(request, span);
      const executing = apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: toHeaderMap(request), search: toSearch(url), body: asked },
        context: () => Promise.resolve(contextValue),
      });
      const answer = await executing.finally(() => {
        span?.end();
        releaseOnceSent(contextValue, request.raw.socket, reply.raw);
      });
      for (const [name, value] of answer.headers) void reply.header(name, value);
      const status = answer.status ?? 200;
      void reply.code(status);
      if (answer.body.kind !== 'complete') return Readable.from(answer.body.asyncIterator);
      const { accept } = request.headers;
      if (status !== 200 || !acceptsStreamsOnly(accept) || acceptedFormat(accept) !== EVENT_STREAM) return answer.body.string;
      // Clients of GraphQL over SSE ask for queries and mutations in the same way.
      void reply.header('content-type', EVENT_STREAM.contentType);
      return EVENT_STREAM.result(answer.body.string, null) + EVENT_STREAM.closing;
    },
  });
}

/** What was read for an answer is held until that is sent, or its client has gone. */
function releaseOnceSent(context: RequestContext, socket: Socket, response: ServerResponse): void {
  if (!context.holdsBytes || socket.destroyed) {
    context.release();
    return;
  }
  response.once('close', () => context.release());
  // Behind other answers of its connection it has no part in the end of that yet.
  if (response.socket === null) releaseAtEnd(socket, response, context);
}

/** Any number of requests may stand behind one that is not answered yet. */
function releaseAtEnd(socket: Socket, response: ServerResponse, context: RequestContext): void {
  const release = () => context.release();
  socket.setMaxListeners(socket.getMaxListeners() + 1).once('close', release);
  response.once('close', () => socket.off('close', release).setMaxListeners(socket.getMaxListeners() - 1));
}

function toHeaderMap({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  // A single result cannot be a stream. It is answered as JSON: a 406 would hide what is wrong with the request.
  if (acceptsStreamsOnly(headers.accept)) map.set('accept', 'application/json');
  return map;
}

/** From the question mark on; empty where there is none. */
const toSearch = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
