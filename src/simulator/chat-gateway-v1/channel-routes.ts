import type { FastifyInstance } from 'fastify';
import type { Directory } from '../centre/directory.js';
import type { Channel } from '../centre/records.js';
import { readObject } from '../http/fields.js';
import type { NewId } from '../random-id.js';
import { sendHal } from './hal.js';
import { sendListing } from './listing.js';
import type { Listing } from './listing.js';
import { NotFound } from './problems.js';
import { channelResource } from './resources.js';

interface OneChannel {
  Params: { id: string };
}

const LISTING: Listing<Channel> = {
  name: 'channels',
  selectors: {
    id: ({ id }) => id,
    name: ({ name }) => name,
    type: ({ type }) => type,
    webHookId: ({ webhookId }) => webhookId,
    'routingOption.id': ({ queueId }) => queueId,
  },
  render: channelResource,
};

/** Channels, which can be created, changed and deleted. */
export function channelRoutes(scope: FastifyInstance, directory: Directory, newId: NewId): void {
  const byId = (id: string): Channel => {
    const channel = directory.channels.get(id);
    if (channel === undefined) throw new NotFound('channel', id);
    return channel;
  };
  scope.get<{ Querystring: Record<string, unknown> }>('/channels', (request, reply) => {
    return sendListing(reply, request.query, directory.channels.values(), LISTING);
  });
  scope.get<OneChannel>('/channels/:id', (request, reply) => sendHal(reply, channelResource(byId(request.params.id))));
  scope.post('/channels', (request, reply) => {
    const channel: Channel = { id: newId(), type: 'ChatAPI', ...readChannel(request.body, directory, 'ChatAPI') };
    directory.addChannel(channel);
    return sendHal(reply, channelResource(channel));
  });
  scope.put<OneChannel>('/channels/:id', (request, reply) => {
    const channel = byId(request.params.id);
    Object.assign(channel, readChannel(request.body, directory, channel.type));
    return sendHal(reply, channelResource(channel));
  });
  scope.delete<OneChannel>('/channels/:id', (request, reply) => {
    directory.deleteChannel(byId(request.params.id).id);
    return reply.code(204).send();
  });
}

/** A complete channel: every field is required except the type, which cannot change. */
function readChannel(body: unknown, directory: Directory, type: string): Pick<Channel, 'name' | 'queueId' | 'webhookId'> {
  return readObject(body, (fields) => {
    const name = fields.requiredString('name');
    if (name.length > 255) fields.reportError('name', 'out_of_range', 'must have at most 255 characters');
    fields.oneOf('type', [type]);
    const webhookId = fields.requiredString('webHookId');
    if (webhookId !== '' && !directory.webhooks.has(webhookId))
      fields.reportError('webHookId', 'unknown_value', 'is not a webhook of this customer');
    if (!fields.has('routingOptions')) fields.reportError('routingOptions', 'missing', 'is required');
    const queueId = fields.object('routingOptions', (routing) => {
      routing.oneOf('type', ['queue'], { required: true });
      const id = routing.requiredString('id');
      if (id !== '' && !directory.queues.has(id)) routing.reportError('id', 'unknown_value', 'is not a queue of this tenant');
      return id;
    });
    return { name, webhookId, queueId: queueId ?? '' };
  });
}
