import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { AttachmentKind, AttachmentRecord } from '../domain/attachment.js';
import { attachmentKinds } from '../schema/attachment-kind.js';
import { Attachment } from '../schema/attachment.js';
import type { AttachmentLink } from '../schema/attachment.js';
import { DateTime } from '../schema/date-time.js';
import { Url } from '../schema/url.js';
import { ATTACHMENTS } from './conversation-reads.js';
import { ReadsAhead } from './read-ahead.js';

@Resolver(() => Attachment)
export class AttachmentResolver {
  @ReadsAhead(() => ATTACHMENTS)
  @FieldResolver(() => String, { nullable: true, description: 'File name; null if unknown or if the upstream could not be reached.' })
  async filename(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<string | null> {
    return attachment.declared.filename ?? (await listed(attachment, context))?.filename ?? null;
  }

  @ReadsAhead(() => ATTACHMENTS)
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Media type as declared by the upstream (mostly in events), not detected from the content. Null if unknown.',
  })
  async contentType(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<string | null> {
    return attachment.declared.contentType ?? (await listed(attachment, context))?.contentType ?? null;
  }

  @ReadsAhead(() => ATTACHMENTS)
  @FieldResolver(() => attachmentKinds, {
    nullable: true,
    description: 'Kind of file as declared by the upstream; null if unknown or if the upstream could not be reached.',
  })
  async kind(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<AttachmentKind | null> {
    return attachment.declared.kind ?? (await listed(attachment, context))?.kind ?? null;
  }

  @ReadsAhead(() => ATTACHMENTS)
  @FieldResolver(() => Int, { nullable: true, description: 'Size in bytes; null if unknown or if the upstream could not be reached.' })
  async sizeBytes(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<number | null> {
    return (await listed(attachment, context))?.sizeBytes ?? null;
  }

  @ReadsAhead(() => ATTACHMENTS)
  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      "When the file was uploaded, according to the contact centre's clock; null if unknown or if the upstream could not be reached.",
  })
  async createdAt(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<Date | null> {
    return (await listed(attachment, context))?.createdAt ?? null;
  }

  @FieldResolver(() => Url, {
    description:
      'Download URL, valid until `urlExpiresAt`; it needs no token, so anyone who has it can download this one file. Images are served inline, everything else as a download.',
  })
  url(@Root() attachment: Attachment, @Ctx() context: RequestContext): string {
    return linkTo(attachment, context).url;
  }

  @FieldResolver(() => DateTime, { description: 'When `url` expires, at least one hour from now. Query `url` again to get a new one.' })
  urlExpiresAt(@Root() attachment: Attachment, @Ctx() context: RequestContext): Date {
    return linkTo(attachment, context).expiresAt;
  }
}

/** From the conversation's list of attachments, which is read once a request; null if it is not listed. */
async function listed({ conversationId, attachmentId }: Attachment, { loaders }: RequestContext): Promise<AttachmentRecord | null> {
  return (await loaders.attachments.load(conversationId)).find((record) => record.attachmentId === attachmentId) ?? null;
}

function linkTo(attachment: Attachment, { services }: RequestContext): AttachmentLink {
  if (attachment.link === null) {
    const { conversationId, attachmentId } = attachment;
    const { ticket, expiresAt } = services.tickets.forDownload({ conversationId, attachmentId });
    attachment.link = { url: `${services.publicUrl()}/attachments/${ticket}`, expiresAt };
  }
  return attachment.link;
}
