import { Field, ID, ObjectType } from 'type-graphql';
import { UserError } from './user-error.js';

@ObjectType()
export class DeleteWebhookPayload {
  @Field(() => ID, { nullable: true, description: 'The `id` that it had.' })
  deletedWebhookId!: string | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
