import type { FastifyInstance, FastifyReply } from 'fastify';
import type { NewId } from '../random-id.js';
import { sendJson } from '../http/server.js';
import { RejectedRequest } from '../centre/rejected-request.js';
import { InvalidRequest } from '../http/fields.js';
import type { FieldError } from '../http/fields.js';

/** There is no object with the requested id. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
  readonly what: string;
  readonly id: string;

  constructor(what: string, id: string) {
    super(`There is no ${what} ${id}.`);
    this.what = what;
    this.id = id;
  }
}

/** Sends an error in this generation's content type. */
export function sendProblem(reply: FastifyReply, status: number, body: object): FastifyReply {
  return sendJson(reply, status, 'application/problem+json', body);
}

export function sendUnauthorized(reply: FastifyReply, referenceId: string): FastifyReply {
  const message = 'Access Denied';
  return sendProblem(reply, 401, { message, errors: [{ message, code: 'access_denied' }], referenceId });
}

export function sendForbidden(reply: FastifyReply, reason: string): FastifyReply {
  return sendProblem(reply, 403, { message: 'This is not your tenant.', errors: [reason] });
}

/** Sends every error under `scope` in this generation's format: 400 with the invalid fields, 404, 409, or the HTTP layer's status. */
export function answerErrors(scope: FastifyInstance, newId: NewId): void {
  scope.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    return sendProblem(reply, 404, { message: 'There is no such resource.', errors: [`No route for ${request.method} ${path}.`] });
  });
  scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof InvalidRequest) return sendProblem(reply, 400, invalidRequest(error));
    if (error instanceof NotFound) return sendProblem(reply, 404, { message: error.message, errors: [error.message] });
    if (error instanceof RejectedRequest && error.reason === 'not-now') {
      return sendProblem(reply, 409, { message: error.message, errors: [{ code: 'conflict', message: error.message }] });
    }
    const status = error.statusCode ?? 500;
    const isClientError = status >= 400 && status < 500;
    const message = isClientError ? error.message : 'The simulator has failed.';
    const code = isClientError ? (status === 400 ? 'invalid_json_object' : 'invalid_request') : 'internal_error';
    return sendProblem(reply, isClientError ? status : 500, { message, errors: [{ code, message }], referenceId: newId() });
  });
}

function invalidRequest(error: InvalidRequest): object {
  const validations = error.errors.map((error) => ({
    field: error.field,
    ...('value' in error ? { value: shown(error) } : {}),
    code: error.code,
    message: `${error.field === '' ? 'The body' : error.field} ${error.message}.`,
  }));
  const errors = validations.map(({ code, message }) => ({ code, message }));
  return { message: error.message, errors, validations };
}

/** Values are strings in the contract. */
function shown({ value }: FieldError): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined);
  return (text ?? '').slice(0, 100);
}
