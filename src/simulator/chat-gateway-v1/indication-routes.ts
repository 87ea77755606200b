import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { Directory } from '../centre/directory.js';
import { readObject } from '../http/fields.js';
import { addScope } from '../http/scope.js';
import type { Fields } from '../http/fields.js';
import { findConversation } from './conversation-routes.js';

interface InConversation {
  Params: { conversationId: string };
}

/** Typing, thinking, read receipts, and the assignment after the agent leaves. Thinking and read receipts send no events, as no channel supports that yet. */
export function indicationRoutes(scope: FastifyInstance, centre: ContactCentre): void {
  scope.post<InConversation>('/conversations/:conversationId/typing', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    centre.apiTypes(conversation.id, readObject(request.body, readAuthorType));
    return reply.code(204).send();
  });

  addScope(scope, '', (inner) => thinkingRoute(inner, centre));

  scope.post<InConversation>('/conversations/:conversationId/read-receipt', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    const { authorType, readAt } = readObject(request.body, (fields) => {
      if (!fields.has('readAt')) fields.reportError('readAt', 'missing', 'is required');
      return { authorType: readAuthorType(fields), readAt: readInteger(fields, 'readAt', 0, Number.MAX_SAFE_INTEGER) ?? 0 };
    });
    conversation.readUpTo[authorType] = readAt;
    return reply.code(204).send();
  });

  scope.post<InConversation>('/conversations/:conversationId/post-agent-assignment', (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    conversation.returnTo = readObject(request.body, (fields) => readPostAgentAssignment(fields, centre.directory));
    return reply.code(201).send();
  });
}

/** In a separate scope: the body is optional, and some clients send a content type without one. */
function thinkingRoute(scope: FastifyInstance, centre: ContactCentre): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, parsed) => {
    if (body === '') parsed(null);
    else void parse(request, body, parsed);
  });
  scope.post<InConversation>('/conversations/:conversationId/thinking', (request, reply) => {
    findConversation(centre, request.params.conversationId);
    // The body and all its fields are optional.
    readObject(request.body ?? {}, (fields) => {
      fields.oneOf('authorType', ['bot']);
      readInteger(fields, 'maxThinkingTimeSeconds', 1, 600);
    });
    return reply.code(204).send();
  });
}

function readAuthorType(fields: Fields): 'user' | 'bot' {
  return fields.oneOf('authorType', ['user', 'bot'], { required: true });
}

/** The webhook's id. The timeouts are validated but not stored: a conversation with a bot does not time out here. */
function readPostAgentAssignment(fields: Fields, { webhooks }: Directory): string {
  fields.oneOf('type', ['webhook'], { required: true });
  const id = fields.requiredString('id');
  if (id !== '' && !webhooks.has(id)) fields.reportError('id', 'unknown_value', 'is not a webhook of this customer');
  fields.object('configuration', (configuration) => {
    const notify = configuration.string('notifyChannelWebhookIfExists');
    if (notify !== undefined && notify !== 'true' && notify !== 'false') {
      configuration.reportError('notifyChannelWebhookIfExists', 'unknown_value', 'must be one of "true", "false"');
    }
    // Public bots send them as strings.
    readInteger(configuration, 'maxTotalMinutes', 20, 600, 'numeric');
    readInteger(configuration, 'userTimeoutInMinutes', 10, 300, 'numeric');
  });
  return id;
}

function readInteger(
  fields: Fields,
  name: string,
  minimum: number,
  maximum: number,
  form: 'number' | 'numeric' = 'number',
): number | undefined {
  const value = fields[form](name);
  if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) return value;
  fields.reportError(name, 'out_of_range', `must be a whole number from ${minimum} to ${maximum}`);
  return undefined;
}
