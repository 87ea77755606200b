import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `scheduleReturnToBot`.' })
export class ScheduleReturnToBotPayload {
  @Field(() => Conversation, { nullable: true, description: 'The conversation; null if there are `userErrors`.' })
  conversation!: Conversation | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
