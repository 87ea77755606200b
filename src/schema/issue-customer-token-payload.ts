import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { UserError } from './user-error.js';

@ObjectType()
export class IssueCustomerTokenPayload {
  @Field(() => String, { nullable: true, description: 'To be sent as `authorization: Bearer …`.' })
  token!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the token ends; null where there is none.' })
  expiresAt!: Date | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
