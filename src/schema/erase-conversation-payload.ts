import { Field, Int, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { UserError } from './user-error.js';

@ObjectType()
export class EraseConversationPayload {
  @Field(() => Conversation, { nullable: true, description: 'The conversation, which is still in the contact centre.' })
  conversation!: Conversation | null;

  @Field(() => Int, { nullable: true, description: 'How many events were removed.' })
  removedEvents!: number | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
