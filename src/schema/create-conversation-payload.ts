import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `createConversation`.' })
export class CreateConversationPayload {
  @Field(() => Conversation, { nullable: true, description: 'The created conversation; null if there are `userErrors`.' })
  conversation!: Conversation | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Log position before the first event of the conversation; subscribing after it delivers every event. Null if there are `userErrors`.',
  })
  cursor!: string | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
