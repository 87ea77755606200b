import { Field, Int, ObjectType } from 'type-graphql';
import { Property } from './property.js';

@ObjectType({
  description: 'The person on the other side of the conversation, as the integration described them. Null is what it did not tell.',
})
export class Customer {
  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: "The customer's id in the integration's or the contact centre's own records." })
  customerId!: string | null;

  @Field(() => String, { nullable: true })
  email!: string | null;

  @Field(() => String, { nullable: true })
  phone!: string | null;

  @Field(() => String, { nullable: true })
  company!: string | null;

  @Field(() => String, { nullable: true, description: 'The case that the conversation is about.' })
  caseId!: string | null;

  @Field(() => String, { nullable: true, description: 'By which an agent who speaks it is chosen: `en`, `de`, `zh-CN`, …' })
  language!: string | null;

  @Field(() => Int, { nullable: true, description: 'Offset of the time zone in minutes, as the contact centre records it.' })
  timezoneOffsetMinutes!: number | null;

  @Field(() => String, { nullable: true, description: 'As the contact centre records it.' })
  ipAddress!: string | null;

  @Field(() => [Property], { description: 'What else the integration told, under names of its own.' })
  properties!: readonly Property[];
}
