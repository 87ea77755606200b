import { Field, ID, InputType } from 'type-graphql';
import { SEND_AS, idDescription } from './descriptions.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'Who is typing, and in which conversation.' })
export class SendTypingInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => MessageSender, { nullable: true, description: SEND_AS })
  sendAs?: keyof typeof MessageSender | null;
}
