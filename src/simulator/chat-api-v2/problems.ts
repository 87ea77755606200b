import type { FastifyInstance, FastifyReply } from 'fastify';
import { RejectedRequest } from '../centre/rejected-request.js';
import { InvalidRequest } from '../http/fields.js';
import { sendJson } from '../http/server.js';
import type { NewId } from '../random-id.js';

/** Sends an error in this generation's content type. */
export function sendProblem(reply: FastifyReply, status: number, body: object): FastifyReply {
  return sendJson(reply, status, 'application/problem+json', body);
}

export function sendUnauthorized(reply: FastifyReply): FastifyReply {
  const detail = { errorcode: 'keymanagement.service.invalid_access_token' };
  return sendProblem(reply, 401, { fault: { faultstring: 'Invalid Access Token', detail } });
}

export function sendForbidden(reply: FastifyReply, reason: string): FastifyReply {
  return sendProblem(reply, 403, { message: 'This is not your tenant.', errors: [reason] });
}

/** Sends every error under `scope` in this generation's format: 400 with the invalid fields, 404, 409, or the HTTP layer's status. */
export function answerErrors(scope: FastifyInstance, newId: NewId): void {
  scope.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, problem('There is no such resource.')));
  scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof InvalidRequest) {
      // Creating a channel is the only operation whose errors are objects.
      const asObjects = request.method === 'POST' && /\/channels$/.test(request.url);
      return sendProblem(reply, 400, asObjects ? withValidations(error) : withTexts(error));
    }
    if (error instanceof RejectedRequest) return sendProblem(reply, error.reason === 'unknown' ? 404 : 409, problem(error.message));
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return sendProblem(reply, status, problem(error.message));
    return sendProblem(reply, 500, { ...problem('The simulator has failed.'), referenceId: newId() });
  });
}

const problem = (message: string) => ({ message, errors: [message] });

const sentence = ({ field, message }: InvalidRequest['errors'][number]): string => `${field === '' ? 'The body' : field} ${message}.`;

function withTexts(error: InvalidRequest): object {
  return { message: error.message, errors: error.errors.map(sentence) };
}

function withValidations(error: InvalidRequest): object {
  const validations = error.errors.map((field) => ({ field: field.field, code: field.code, message: sentence(field) }));
  return { message: error.message, errors: validations.map(({ code, message }) => ({ code, message })), validations };
}
