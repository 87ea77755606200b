import { Field, ID, InputType, Int } from 'type-graphql';

@InputType()
export class IssueCustomerTokenInput {
  @Field(() => [ID], { description: '1 to 100. They need not have begun.' })
  conversationIds!: string[];

  @Field(() => Int, { nullable: true, defaultValue: 3600, description: 'For how long: a day at most.' })
  ttlSeconds?: number | null;
}
