import { Field, ObjectType } from 'type-graphql';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';
import { Webhook } from './webhook.js';

@ObjectType({ description: 'Result of `updateWebhook`.' })
export class UpdateWebhookPayload {
  @Field(() => Webhook, { nullable: true, description: 'The updated webhook; null if there are `userErrors`.' })
  webhook!: Webhook | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
