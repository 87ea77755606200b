import { Field, ID, InputType } from 'type-graphql';
import { MessageSender } from './message-sender.js';

@InputType()
export class SendTypingInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => MessageSender, { nullable: true, description: "Default: CUSTOMER with a customer's token, else BOT." })
  sendAs?: keyof typeof MessageSender | null;
}
