import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { UPLOAD_TTL_MS } from '../../auth/tickets.js';
import type { TicketVerification, TicketStore } from '../../auth/tickets.js';
import type { Services } from '../../context/services.js';
import { OutcomeUnknownError } from '../../domain/errors.js';
import { downloadType } from '../../domain/file-type.js';
import { safeFilename } from '../../domain/filename.js';
import type { Logger } from '../../observability/logger.js';
import type { Span } from '../../observability/tracing.js';
import { contentDisposition } from './content-disposition.js';
import { exactLengthBody, sizeMismatch } from './exact-length-body.js';
import { toErrorResponse } from './error-response.js';
import { plainErrorFormat, limitByAddress } from '../limits/rate-limit-hooks.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { ExternalBufferGc } from '../internals/external-buffer-gc.js';
import { HttpError } from './http-error.js';

/** One for all streams, as there is one memory. */
const garbage = new ExternalBufferGc();

export interface AttachmentDeps {
  readonly services: Pick<Services, 'api' | 'tickets'>;
  readonly usedTickets: TicketStore;
  readonly logger: Logger;
  readonly rateLimits: RateLimits;
}

/** Tickets are longer than a named parameter may be, so they are the rest of the path. */
interface ByTicket {
  Params: { '*': string };
}

/**
 * A plugin to `app.register` with `PUT /uploads/{ticket}`, and `GET` and `HEAD /attachments/{ticket}`. Bytes go through as fast as the slower side takes them, and are never
 * kept. What may be done is said by the ticket alone. Errors are `{"error": "…"}`, with the `code` of a `GatewayError`.
 */
export const attachmentRoutes: FastifyPluginCallback<AttachmentDeps> = (scope, deps, done) => {
  // Of any type and untouched: what the file is was said when the ticket was asked for.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, parsed) => {
    parsed(null);
  });
  scope.addHook('onRequest', limitByAddress(deps.rateLimits, plainErrorFormat));
  scope.setErrorHandler((error, request, reply) => {
    // Of a file whose bytes broke off before any of them was sent.
    for (const name of ['content-type', 'content-disposition', 'content-length']) {
      void reply.removeHeader(name);
      reply.raw.removeHeader(name);
    }
    const { status, headers, body } = toErrorResponse(error, { requestId: request.id, logger: deps.logger, span: request.span });
    return reply
      .code(status)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .send(body);
  });
  scope.put<ByTicket>('/uploads/*', { config: { streamsBody: true } }, async (request, reply) => {
    const attachment = await upload(deps, request.params['*'], request);
    return reply.code(201).header('cache-control', 'no-store').send(attachment);
  });
  scope.route<ByTicket>({
    method: ['GET', 'HEAD'],
    url: '/attachments/*',
    handler: (request, reply) => download(deps, request.params['*'], reply),
  });
  done();
};

const apiOf = ({ api }: AttachmentDeps['services'], span: Span | null) => (span === null ? api : api.tracedBy(span));

async function upload(deps: AttachmentDeps, ticket: string, { raw: request, span }: FastifyRequest): Promise<{ attachmentId: string }> {
  const { services, usedTickets } = deps;
  const { grant, id } = checked(services.tickets.upload(ticket));
  const { conversationId, ...file } = grant;
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== file.sizeBytes) throw sizeMismatch(file.sizeBytes);
  if (!(await usedTickets.claim(id, UPLOAD_TTL_MS))) throw new HttpError(409, 'This ticket was used already: ask for another one.');
  try {
    const bytes = exactLengthBody(request, file.sizeBytes, garbage);
    const { attachmentId } = await apiOf(services, span).uploadAttachment(conversationId, { ...file, bytes });
    return { attachmentId };
  } catch (error) {
    // Nothing came of it, and it may be tried again; unless it may have come through after all.
    if (!(error instanceof OutcomeUnknownError)) await Promise.resolve(usedTickets.release(id)).catch(() => undefined);
    throw error;
  }
}

async function download({ services, logger }: AttachmentDeps, ticket: string, reply: FastifyReply): Promise<FastifyReply> {
  const { conversationId, attachmentId } = checked(services.tickets.download(ticket)).grant;
  const api = apiOf(services, reply.request.span);
  const [record, content] = await Promise.all([
    // Files do not change. The bytes are what was asked for, and come without a name if need be.
    api.attachment(conversationId, attachmentId, { asOf: '' }).catch(() => null),
    api.attachmentContent(conversationId, attachmentId),
  ]);
  if (content === null) throw new HttpError(404, 'There is no such attachment.');
  content.bytes.on('data', (chunk: Buffer) => garbage.count(chunk.length)).pause();
  content.bytes.once('error', (error) => {
    // Else it is answered, and logged as every other error is.
    if (reply.raw.headersSent)
      logger.warn({ requestId: reply.request.id, error, ...reply.request.span?.logFields }, 'download broken off by the upstream');
  });
  const filename = safeFilename(record?.filename ?? '');
  const isForHeaders = reply.request.method === 'HEAD';
  if (isForHeaders) content.bytes.destroy();
  return reply
    .headers({
      'content-type': downloadType(filename, record?.contentType ?? null),
      'content-disposition': contentDisposition(filename),
      ...(content.sizeBytes === null ? {} : { 'content-length': content.sizeBytes }),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, max-age=600',
    })
    .send(isForHeaders ? undefined : content.bytes);
}

function checked<T>(ticket: TicketVerification<T>): Exclude<TicketVerification<T>, string> {
  if (ticket === 'INVALID') throw new HttpError(403, 'This ticket is not valid here.');
  if (ticket === 'EXPIRED') throw new HttpError(410, 'This ticket has expired: ask for another one.');
  return ticket;
}
