import { Field, ObjectType } from 'type-graphql';
import { UserError } from './user-error.js';

@ObjectType()
export class VerifyWebhookPayload {
  @Field(() => Boolean, { description: 'The contact centre posted an address check there, and it was taken.' })
  verified!: boolean;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
