import { Field, ID, ObjectType } from 'type-graphql';
import { UserError } from './user-error.js';

@ObjectType()
export class DeleteChannelPayload {
  @Field(() => ID, { nullable: true, description: 'The `id` that it had.' })
  deletedChannelId!: string | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
