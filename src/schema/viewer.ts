import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { ViewerRole } from './viewer-role.js';

@ObjectType({ description: 'The caller and what the caller may see.' })
export class Viewer {
  @Field(() => ViewerRole, { description: "Role of the caller's token." })
  role!: keyof typeof ViewerRole;

  @Field(() => String, { nullable: true, description: 'Subject (`sub`) of the token; null if there is no token or it has none.' })
  subject!: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Ids in the contact centre of the conversations that the token is limited to. Null if access depends on role and customer id, not on a list.',
  })
  conversationIds!: readonly string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'When the token expires; null if it does not.' })
  expiresAt!: Date | null;
}
