import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'Scope and lifetime of the token to issue.' })
export class IssueCustomerTokenInput {
  @Field(() => [ID], {
    description: 'Conversations that the token allows, 1 to 100: their `id` or `conversationId`. They need not exist yet.',
  })
  conversationIds!: string[];

  @Field(() => Int, { nullable: true, defaultValue: 3600, description: 'Lifetime in seconds, 1 to 86400 (24 hours).' })
  ttlSeconds?: number | null;
}
