import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `sendMessage`.' })
export class SendMessagePayload {
  @Field(() => Conversation, { nullable: true, description: 'The conversation after sending; null if there are `userErrors`.' })
  conversation!: Conversation | null;

  @Field(() => String, {
    nullable: true,
    description: 'Log position before the message was sent; subscribing after it delivers the echo. Null if there are `userErrors`.',
  })
  cursor!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True if the conversation was idle and this message started a new interaction; null if unknown or if there are `userErrors`.',
  })
  startsNewInteraction!: boolean | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
