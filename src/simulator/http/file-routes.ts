import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AttachmentStore } from '../centre/attachment-store.js';
import type { StoredFile } from '../centre/records.js';

/** Serves files under the public URLs that events contain, for a scope with the prefix `/files`. */
export function fileRoutes(scope: FastifyInstance, files: AttachmentStore): void {
  scope.get<{ Params: { token: string } }>('/:token', (request, reply) => {
    const file = files.byToken(request.params.token);
    if (file === undefined) return reply.code(404).send({ error: 'There is no such file.' });
    return sendFile(reply, file, file.attachment.contentType);
  });
}

/** Sends a file's bytes as `type`. */
export function sendFile(reply: FastifyReply, { attachment, size, chunks }: StoredFile, type: string): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-length', size)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(attachment.fileName)}`)
    .send(Readable.from(chunks));
}
