import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { USER_ERRORS } from './descriptions.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `issueCustomerToken`.' })
export class IssueCustomerTokenPayload {
  @Field(() => String, {
    nullable: true,
    description: 'The token, to be sent as `Authorization: Bearer …`; null if there are `userErrors`.',
  })
  token!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the token expires; null if there are `userErrors`.' })
  expiresAt!: Date | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
