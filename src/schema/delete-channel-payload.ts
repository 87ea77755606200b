import { Field, ID, ObjectType } from 'type-graphql';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `deleteChannel`.' })
export class DeleteChannelPayload {
  @Field(() => ID, { nullable: true, description: 'Global `id` of the deleted channel; null if there are `userErrors`.' })
  deletedChannelId!: string | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
