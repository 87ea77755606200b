import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { ViewerRole } from './viewer-role.js';

@ObjectType({ description: 'Who is asking, and what they may see.' })
export class Viewer {
  @Field(() => ViewerRole)
  role!: keyof typeof ViewerRole;

  @Field(() => String, { nullable: true, description: "The token's subject." })
  subject!: string | null;

  @Field(() => [String], { nullable: true, description: 'The conversations that may be seen; null: not limited to some.' })
  conversationIds!: readonly string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when; null: without end.' })
  expiresAt!: Date | null;
}
