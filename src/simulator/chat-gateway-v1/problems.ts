import type { FastifyInstance, FastifyReply } from 'fastify';
import type { NewId } from '../random-id.js';
import { sendJson } from '../http/server.js';
import { RejectedRequest } from '../centre/rejected-request.js';
import { InvalidRequest } from '../http/fields.js';
import type { FieldError } from '../http/fields.js';

/** Something of the contact centre's that is asked for by an id and is not there. */
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

/** Makes every error under `scope` one of this generation's: 400 with the fields at fault, 404, or what the HTTP layer complains of. */
export function answerErrors(scope: FastifyInstance, newId: NewId): void {
  scope.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    return sendProblem(reply, 404, { message: 'There is no such resource.', errors: [`Nothing answers ${request.method} ${path}.`] });
  });
  scope.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof InvalidRequest) return sendProblem(reply, 400, invalidRequest(error));
    if (error instanceof NotFound) return sendProblem(reply, 404, { message: error.message, errors: [error.message] });
    if (error instanceof RejectedRequest && error.reason === 'not-now') {
      return sendProblem(reply, 409, { message: error.message, errors: [{ code: 'conflict', message: error.message }] });
    }
    const status = error.statusCode ?? 500;
    const refused = status >= 400 && status < 500;
    const message = refused ? error.message : 'The simulator has failed.';
    const code = refused ? (status === 400 ? 'invalid_json_object' : 'invalid_request') : 'internal_error';
    return sendProblem(reply, refused ? status : 500, { message, errors: [{ code, message }], referenceId: newId() });
  });
}

function invalidRequest(error: InvalidRequest): object {
  const validations = error.errors.map((fault) => ({
    field: fault.field,
    ...('value' in fault ? { value: shown(fault) } : {}),
    code: fault.code,
    message: `${fault.field === '' ? 'The body' : fault.field} ${fault.message}.`,
  }));
  const errors = validations.map(({ code, message }) => ({ code, message }));
  return { message: error.message, errors, validations };
}

/** The contract has values as strings. */
function shown({ value }: FieldError): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined);
  return (text ?? '').slice(0, 100);
}
