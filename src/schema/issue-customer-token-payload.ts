import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { UserError } from './user-error.js';

@ObjectType()
export class IssueCustomerTokenPayload {
  @Field(() => String, { nullable: true, description: 'To be sent as `authorization: Bearer …`.' })
  token!: string | null;

  @Field(() => DateTime, { nullable: true })
  expiresAt!: Date | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
