import { Field, ID, InputType } from 'type-graphql';
import { CardInput } from './card-input.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'Text, attachments, cards, or several of them.' })
export class SendMessageInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => String, { nullable: true })
  text?: string | null;

  @Field(() => MessageSender, { nullable: true, description: "Default: CUSTOMER with a customer's token, else BOT." })
  sendAs?: keyof typeof MessageSender | null;

  @Field(() => [ID], { nullable: true, description: 'As the upload answered them.' })
  attachmentIds?: string[] | null;

  @Field(() => [CardInput], { nullable: true })
  cards?: CardInput[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'Yours to choose; comes back on the message and on its echo. 255 characters at most.',
  })
  clientMessageId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Yours to choose, for one try and its repeats: within 24 hours the same key with the same input gives the first outcome again, and nothing is created twice. 255 characters at most.',
  })
  idempotencyKey?: string | null;
}
