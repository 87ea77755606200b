import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { UserError } from './user-error.js';

@ObjectType()
export class SubmitCardPayload {
  @Field(() => Conversation, { nullable: true })
  conversation!: Conversation | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
