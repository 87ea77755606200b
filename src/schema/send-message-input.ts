import { Field, ID, InputType } from 'type-graphql';
import { CardInput } from './card-input.js';
import { IDEMPOTENCY_KEY, SEND_AS, idDescription } from './descriptions.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'The message to send; needs at least one of `text`, `attachmentIds` and `cards`.' })
export class SendMessageInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => String, { nullable: true, description: 'Text of the message.' })
  text?: string | null;

  @Field(() => MessageSender, { nullable: true, description: SEND_AS })
  sendAs?: keyof typeof MessageSender | null;

  @Field(() => [ID], {
    nullable: true,
    description: "Uploaded files, as `attachmentId` from the upload's response or `Attachment.id`. Requires the capability ATTACHMENTS.",
  })
  attachmentIds?: string[] | null;

  @Field(() => [CardInput], { nullable: true, description: 'Cards of the message. Requires the capability CARDS.' })
  cards?: CardInput[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Client-chosen id, returned on the message and on its echo event; at most 255 characters.',
  })
  clientMessageId?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
