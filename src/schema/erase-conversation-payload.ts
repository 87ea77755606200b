import { Field, Int, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `eraseConversation`.' })
export class EraseConversationPayload {
  @Field(() => Conversation, {
    nullable: true,
    description: 'The conversation, which still exists in the contact centre; null if there are `userErrors`.',
  })
  conversation!: Conversation | null;

  @Field(() => Int, { nullable: true, description: 'Number of events removed from the log; null if there are `userErrors`.' })
  removedEvents!: number | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
