import { Field, ObjectType } from 'type-graphql';
import { UserError } from './user-error.js';
import { Webhook } from './webhook.js';

@ObjectType()
export class CreateWebhookPayload {
  @Field(() => Webhook, { nullable: true })
  webhook!: Webhook | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
