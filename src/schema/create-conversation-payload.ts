import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { UserError } from './user-error.js';

@ObjectType()
export class CreateConversationPayload {
  @Field(() => Conversation, { nullable: true, description: 'As it is after this; null where `userErrors` tells why nothing was done.' })
  conversation!: Conversation | null;

  @Field(() => String, { nullable: true, description: "The conversation's origin: a subscription after it gets every event there is." })
  cursor!: string | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
