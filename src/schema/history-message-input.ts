import { Field, InputType } from 'type-graphql';
import { CardInput } from './card-input.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'A message from before the conversation came to the contact centre: text, cards, or both.' })
export class HistoryMessageInput {
  @Field(() => MessageSender)
  sentAs!: keyof typeof MessageSender;

  @Field(() => String, { nullable: true })
  text?: string | null;

  @Field(() => [CardInput], { nullable: true })
  cards?: CardInput[] | null;
}
