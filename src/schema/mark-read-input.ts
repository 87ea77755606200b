import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { idDescription } from './descriptions.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'Who has read the messages, and up to what time.' })
export class MarkReadInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => DateTime, { nullable: true, description: 'Everything up to this time has been read; now if omitted.' })
  readAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'Everything up to this cursor of the conversation has been read; takes precedence over `readAt` for your read marker.',
  })
  cursor?: string | null;

  @Field(() => MessageSender, {
    nullable: true,
    description:
      "Whose read marker moves: CUSTOMER moves the customer's, BOT your own. Only the receipt for the contact centre names the bot. If omitted: CUSTOMER with the token of a customer, else BOT.",
  })
  sendAs?: keyof typeof MessageSender | null;
}
