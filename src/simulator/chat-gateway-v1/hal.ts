import type { FastifyReply } from 'fastify';
import { sendJson } from '../http/server.js';
import type { PageRequest } from './page-request.js';

/** Sends one resource. */
export function sendHal(reply: FastifyReply, resource: object, status = 200): FastifyReply {
  return sendJson(reply, status, 'application/hal+json', resource);
}

/** Sends the requested page of `items`, which are in ascending order. */
export function sendPage<T>(
  reply: FastifyReply,
  name: string,
  items: readonly T[],
  render: (item: T) => object,
  { size, page, descending }: PageRequest,
): FastifyReply {
  const ordered = descending ? items.toReversed() : items;
  const shown = ordered.slice(page * size, (page + 1) * size).map(render);
  return sendList(reply, name, shown, { size, number: page, totalElements: items.length, totalPages: Math.ceil(items.length / size) });
}

/** Sends an unpaged list as a single page. */
export function sendAll(reply: FastifyReply, name: string, resources: readonly object[]): FastifyReply {
  const count = resources.length;
  return sendList(reply, name, resources, { size: count, number: 0, totalElements: count, totalPages: Math.min(count, 1) });
}

function sendList(reply: FastifyReply, name: string, resources: readonly object[], page: object): FastifyReply {
  return sendHal(reply, { _embedded: { [name]: resources }, _links: { self: { href: reply.request.url } }, page });
}
