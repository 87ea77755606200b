import { Field, ObjectType } from 'type-graphql';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `verifyWebhook`.' })
export class VerifyWebhookPayload {
  @Field(() => Boolean, { description: 'True if the contact centre sent a verification request to the URL and accepted the response.' })
  verified!: boolean;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
