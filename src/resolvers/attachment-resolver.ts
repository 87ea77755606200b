import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { AttachmentKind, AttachmentRecord } from '../domain/attachment.js';
import { attachmentKinds } from '../schema/attachment-kind.js';
import { Attachment } from '../schema/attachment.js';
import type { AttachmentLink } from '../schema/attachment.js';
import { DateTime } from '../schema/date-time.js';
import { Url } from '../schema/url.js';

@Resolver(() => Attachment)
export class AttachmentResolver {
  @FieldResolver(() => String, { nullable: true, description: 'Null where the upstream does not tell, or could not be asked.' })
  async filename(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<string | null> {
    return attachment.told.filename ?? (await listed(attachment, context))?.filename ?? null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'As the upstream declares it, which it does in events mostly. Never guessed, and not checked against the bytes.',
  })
  async contentType(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<string | null> {
    return attachment.told.contentType ?? (await listed(attachment, context))?.contentType ?? null;
  }

  @FieldResolver(() => attachmentKinds, {
    nullable: true,
    description: 'What sort of file it is, by the upstream. Null if it is not known, or could not be read.',
  })
  async kind(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<AttachmentKind | null> {
    return attachment.told.kind ?? (await listed(attachment, context))?.kind ?? null;
  }

  @FieldResolver(() => Int, { nullable: true, description: 'Null where the upstream does not tell, or could not be asked.' })
  async sizeBytes(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<number | null> {
    return (await listed(attachment, context))?.sizeBytes ?? null;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: "By the contact centre's clock; null where the upstream does not tell, or could not be asked.",
  })
  async createdAt(@Root() attachment: Attachment, @Ctx() context: RequestContext): Promise<Date | null> {
    return (await listed(attachment, context))?.createdAt ?? null;
  }

  @FieldResolver(() => Url, {
    description:
      'GET the bytes there, until `urlExpiresAt`. It needs no token: whoever has it may download this one file. Pictures can be shown from it; all else is saved.',
  })
  url(@Root() attachment: Attachment, @Ctx() context: RequestContext): string {
    return linkTo(attachment, context).url;
  }

  @FieldResolver(() => DateTime, { description: 'An hour from now, at least. Ask again for another `url` then.' })
  urlExpiresAt(@Root() attachment: Attachment, @Ctx() context: RequestContext): Date {
    return linkTo(attachment, context).expiresAt;
  }
}

/** As the conversation's list of attachments tells it, which is asked of the upstream once a request; null where it is not there. */
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
