import { Field, InputType } from 'type-graphql';
import { CardInput } from './card-input.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'A message from before the conversation reached the contact centre; needs `text`, `cards` or both.' })
export class HistoryMessageInput {
  @Field(() => MessageSender, { description: 'Who wrote the message.' })
  sentAs!: keyof typeof MessageSender;

  @Field(() => String, { nullable: true, description: 'Text of the message.' })
  text?: string | null;

  @Field(() => [CardInput], { nullable: true, description: 'Cards of the message. Requires the capability CARDS.' })
  cards?: CardInput[] | null;
}
