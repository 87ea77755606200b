import type { FastifyInstance } from 'fastify';
import { RejectedRequest } from '../centre/rejected-request.js';
import type { WebhookSender } from '../webhook-sender/webhook-sender.js';
import { InvalidRequest, readObject } from '../http/fields.js';
import { ACTIONS } from './actions.js';
import type { ControlOptions } from './actions.js';

/**
 * Controls the simulator from another process, for a scope with the prefix `/_sim`: `POST /{action}` with a JSON body runs an action, `GET /state` returns
 * the contact centre's state, `GET /events` the deliveries to webhooks. No authentication.
 */
export function controlRoutes(scope: FastifyInstance, options: ControlOptions & { readonly webhookSender: WebhookSender }): void {
  scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof InvalidRequest) return reply.code(400).send({ error: error.message });
    if (error instanceof RejectedRequest) return reply.code(error.reason === 'unknown' ? 404 : 409).send({ error: error.message });
    return reply.code(error.statusCode ?? 500).send({ error: error.message });
  });
  scope.post('/send-event', async (request, reply) => reply.send(await sendEvent(request.body, options)));
  scope.post<{ Params: { action: string } }>('/:action', (request, reply) => {
    const action = ACTIONS.get(request.params.action);
    if (action === undefined) return reply.code(404).send({ error: 'unknown action', actions: [...ACTIONS.keys()] });
    const act = readObject(request.body, (fields) => action(fields, options));
    return reply.send(act());
  });
  scope.get('/state', (_request, reply) => reply.send(toState(options)));
  scope.get('/events', (_request, reply) => reply.send({ events: options.webhookSender.deliveries() }));
}

/** Signs the caller's event and posts it once. Returns the HTTP status, or the reason if there was no response. */
async function sendEvent(
  sent: unknown,
  { centre, webhookSender }: ControlOptions & { readonly webhookSender: WebhookSender },
): Promise<object> {
  const { eventId, body } = readObject(sent, (fields) => ({
    eventId: fields.requiredString('eventId'),
    body: fields.anyObject('body') ?? {},
  }));
  const uri = [...centre.directory.webhooks.values()][0]?.uri ?? null;
  return uri === null ? { error: 'the webhook has no address yet' } : webhookSender.postOnce(uri, eventId, body);
}

function toState({ centre }: ControlOptions): object {
  const { queues, agents, channels, webhooks } = centre.directory;
  const conversations = centre.conversations().map(({ id, channelId, state, assignment, interactions, messages, participants }) => ({
    id,
    channelId,
    state,
    assignment,
    interactions,
    participants: [...participants.values()],
    messages: messages.map((message) => ({ ...message, author: message.author.id })),
  }));
  return {
    queues: [...queues.values()],
    agents: [...agents.values()],
    channels: [...channels.values()],
    webhooks: [...webhooks.values()],
    conversations,
  };
}
