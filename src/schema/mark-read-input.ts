import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { MessageSender } from './message-sender.js';

@InputType()
export class MarkReadInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => DateTime, { nullable: true, description: 'Everything up to then was read. Default: now.' })
  readAt?: Date | null;

  @Field(() => MessageSender, { nullable: true, description: "Who has read. Default: CUSTOMER with a customer's token, else BOT." })
  sendAs?: keyof typeof MessageSender | null;
}
