import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { MAX_ATTACHMENT_BYTES } from '../domain/attachment.js';
import { isAllowedName, isAllowedType, mediaType } from '../domain/file-type.js';
import { safeFilename } from '../domain/filename.js';
import { CreateAttachmentUploadInput } from '../schema/create-attachment-upload-input.js';
import { CreateAttachmentUploadPayload } from '../schema/create-attachment-upload-payload.js';
import { vendorId } from '../schema/global-id.js';
import type { UserError } from '../schema/user-error.js';
import { rangeErrors } from './run-mutation.js';
import { requireCapability } from './require-capability.js';
import { chooseSender } from './sender.js';
import { MAX_LABEL, userError } from './user-errors.js';

@Resolver()
export class CreateAttachmentUploadResolver {
  @Mutation(() => CreateAttachmentUploadPayload, {
    description: 'Prepares a file upload: PUT the bytes to `uploadUrl`, then pass the returned `attachmentId` to `sendMessage`.',
  })
  async createAttachmentUpload(
    @Arg('input', () => CreateAttachmentUploadInput) input: CreateAttachmentUploadInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateAttachmentUploadPayload> {
    requireCapability(context, 'ATTACHMENTS');
    const conversationId = vendorId('Conversation', input.conversationId);
    if (!conversationId) return reject(userError('INVALID', ['conversationId'], 'Not a conversation id.'));
    const userErrors = [...nameErrors(input), ...typeErrors(input), ...rangeErrors('sizeBytes', input.sizeBytes, 1, MAX_ATTACHMENT_BYTES)];
    if (userErrors.length > 0) return reject(...userErrors);
    if ((await context.loaders.conversation.load(conversationId)) === null)
      return reject(userError('NOT_FOUND', ['conversationId'], 'Not found.'));
    const { ticket, expiresAt } = context.services.tickets.forUpload({
      conversationId,
      filename: safeFilename(input.filename),
      contentType: mediaType(input.contentType) ?? '',
      sizeBytes: input.sizeBytes,
      sender: chooseSender(context, input.sendAs),
    });
    return { uploadUrl: `${context.services.publicUrl()}/uploads/${ticket}`, expiresAt, userErrors: [] };
  }
}

const reject = (...userErrors: UserError[]): CreateAttachmentUploadPayload => ({ uploadUrl: null, expiresAt: null, userErrors });

function nameErrors({ filename }: CreateAttachmentUploadInput): UserError[] {
  if (filename.length > MAX_LABEL) return [userError('TOO_LONG', ['filename'], `Must be at most ${MAX_LABEL} characters.`)];
  const name = safeFilename(filename);
  if (name === '') return [userError('REQUIRED', ['filename'], 'Filename must contain visible characters.')];
  return isAllowedName(name) ? [] : [userError('INVALID', ['filename'], 'This file type is not allowed.')];
}

function typeErrors({ contentType }: CreateAttachmentUploadInput): UserError[] {
  const type = mediaType(contentType);
  if (type === null) return [userError('INVALID', ['contentType'], 'Must be a media type, such as `image/png`.')];
  return isAllowedType(type) ? [] : [userError('INVALID', ['contentType'], 'This file type is not allowed.')];
}
