import { Field, ObjectType } from 'type-graphql';
import { UserError } from './user-error.js';
import { Webhook } from './webhook.js';

@ObjectType()
export class CreateWebhookPayload {
  @Field(() => Webhook, { nullable: true, description: 'As it is after this; null where `userErrors` tells why nothing was done.' })
  webhook!: Webhook | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
