import { Field, ObjectType } from 'type-graphql';
import type { AttachmentKind } from '../domain/attachment.js';
import { Node } from './node.js';

/** What an attachment's `url` and `urlExpiresAt` tell; made together, so that they agree. */
export interface AttachmentLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** The other fields are worked out when they are selected. */
@ObjectType({ implements: Node, description: 'A file in a conversation.' })
export class Attachment extends Node {
  readonly __typename = 'Attachment';
  readonly id!: string;

  /** The conversation's vendor id. */
  conversationId!: string;

  @Field(() => String, { description: 'Id of the attachment in the contact centre, unique in its conversation.' })
  attachmentId!: string;

  /** What the message itself told; null: nothing. */
  told!: { readonly filename: string | null; readonly contentType: string | null; readonly kind?: AttachmentKind | null };

  /** Null until it is asked for. */
  link!: AttachmentLink | null;
}
