import type { FastifyInstance } from 'fastify';
import type { ContactCentre } from '../centre/contact-centre.js';
import type { NewFile } from '../centre/attachment-store.js';
import type { StoredFile } from '../centre/records.js';
import { InvalidRequest } from '../http/fields.js';
import type { FieldError } from '../http/fields.js';
import { sendFile } from '../http/file-routes.js';
import { readForm } from '../http/multipart.js';
import type { FormPart } from '../http/multipart.js';
import { addScope } from '../http/scope.js';
import { findConversation } from './conversation-routes.js';
import { sendHal } from './hal.js';
import { sendListing } from './listing.js';
import type { Listing } from './listing.js';
import { NotFound } from './problems.js';
import { attachmentResource } from './resources.js';

/** The contract names no limit: 100 MiB. */
const MAX_UPLOAD_BYTES = 104_857_600;
/** Includes the part headers and the other part. */
const MAX_FORM_BYTES = MAX_UPLOAD_BYTES + 1_024;

interface InConversation {
  Params: { conversationId: string };
  Querystring: Record<string, unknown>;
}

interface OneAttachment {
  Params: { conversationId: string; attachmentId: string };
}

const LISTING: Listing<StoredFile> = {
  name: 'attachments',
  selectors: {
    id: ({ attachment }) => attachment.id,
    filename: ({ attachment }) => attachment.fileName,
    createdAt: ({ createdAt }) => new Date(createdAt).toISOString(),
  },
  render: attachmentResource,
};

/** The files of a conversation. An aborted upload stores nothing. */
export function attachmentRoutes(scope: FastifyInstance, centre: ContactCentre): void {
  scope.get<InConversation>('/conversations/:conversationId/attachments', (request, reply) => {
    return sendListing(reply, request.query, findConversation(centre, request.params.conversationId).files.values(), LISTING);
  });

  scope.get<OneAttachment>('/conversations/:conversationId/attachments/:attachmentId', (request, reply) =>
    sendHal(reply, attachmentResource(findFile(centre, request.params))),
  );

  scope.get<OneAttachment>('/conversations/:conversationId/attachments/:attachmentId/content', (request, reply) =>
    sendFile(reply, findFile(centre, request.params), 'application/octet-stream'),
  );

  addScope(scope, '', (inner) => uploadRoute(inner, centre));
}

/** In a separate scope, since no other route accepts forms. */
function uploadRoute(scope: FastifyInstance, centre: ContactCentre): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('multipart/form-data', (_request, body, parsed) => {
    parsed(null, body);
  });
  scope.post<InConversation>('/conversations/:conversationId/attachments', async (request, reply) => {
    const conversation = findConversation(centre, request.params.conversationId);
    const type = request.headers['content-type'] ?? '';
    const file = uploadedFile(await readForm(type, request.raw as AsyncIterable<Buffer>, { maxBytes: MAX_FORM_BYTES }));
    const { id } = centre.files.add(conversation, file);
    return sendHal(reply, attachmentResource(findFile(centre, { conversationId: conversation.id, attachmentId: id })));
  });
}

function findFile(centre: ContactCentre, { conversationId, attachmentId }: OneAttachment['Params']): StoredFile {
  const file = findConversation(centre, conversationId).files.get(attachmentId);
  if (file === undefined) throw new NotFound('attachment', attachmentId);
  return file;
}

/** The parts `attachment`, a file with a name, and `authorType`, by default `user`. @throws InvalidRequest */
function uploadedFile(parts: readonly FormPart[]): NewFile {
  const errors: FieldError[] = [];
  const report = (field: string, code: FieldError['code'], message: string): void => void errors.push({ field, code, message });
  for (const { name } of parts) {
    if (name !== 'attachment' && name !== 'authorType') report(name, 'unknown_field', 'is not a known part');
    if (parts.filter((part) => part.name === name).length > 1) report(name, 'too_many', 'must not be repeated');
  }
  const author = parts.find(({ name }) => name === 'authorType');
  const authorType = author === undefined ? 'user' : Buffer.concat(author.chunks).toString();
  if (authorType !== 'user' && authorType !== 'bot') report('authorType', 'unknown_value', 'must be one of user, bot');
  const file = parts.find(({ name }) => name === 'attachment');
  if (file === undefined) report('attachment', 'missing', 'is required');
  else if (!file.filename) report('attachment', 'wrong_type', 'must be a file with a name');
  else if (file.size === 0) report('attachment', 'missing', 'must not be empty');
  if (errors.length > 0 || file?.filename === undefined) throw new InvalidRequest(errors);
  return { fileName: file.filename, contentType: file.contentType ?? 'application/octet-stream', chunks: file.chunks };
}
