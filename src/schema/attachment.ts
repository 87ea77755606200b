import { Field, ObjectType } from 'type-graphql';
import type { AttachmentKind } from '../domain/attachment.js';
import { Node } from './node.js';

/** Download link of an attachment. `url` and `urlExpiresAt` come from one link, so that they agree. */
export interface AttachmentLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** The fields missing here have resolvers, since they may cost an upstream call. */
@ObjectType({ implements: Node, description: 'A file in a conversation.' })
export class Attachment extends Node {
  readonly __typename = 'Attachment';
  readonly id!: string;

  /** Id of the conversation in the contact centre. */
  conversationId!: string;

  @Field(() => String, { description: 'Id of the attachment in the contact centre, unique in its conversation.' })
  attachmentId!: string;

  /** As declared in the message; each null if it is not. */
  declared!: { readonly filename: string | null; readonly contentType: string | null; readonly kind?: AttachmentKind | null };

  /** Null until `url` or `urlExpiresAt` is selected. */
  link!: AttachmentLink | null;
}
