import { Field, Int, ObjectType } from 'type-graphql';
import { Property } from './property.js';

@ObjectType({
  description: 'The customer of a conversation, as described by the integration. Fields that were not provided are null.',
})
export class Customer {
  @Field(() => String, { nullable: true, description: 'Full name.' })
  name!: string | null;

  @Field(() => String, { nullable: true, description: "Id of the customer in the integration's or the contact centre's own records." })
  customerId!: string | null;

  @Field(() => String, { nullable: true, description: 'Email address.' })
  email!: string | null;

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone!: string | null;

  @Field(() => String, { nullable: true, description: 'Company that the customer belongs to.' })
  company!: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the case that the conversation is about.' })
  caseId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Language used for routing to an agent, as a language tag such as `en`, `de` or `zh-CN`.',
  })
  language!: string | null;

  @Field(() => Int, { nullable: true, description: 'Time zone offset in minutes, as recorded by the contact centre.' })
  timezoneOffsetMinutes!: number | null;

  @Field(() => String, { nullable: true, description: 'IP address, as recorded by the contact centre.' })
  ipAddress!: string | null;

  @Field(() => [Property], { description: 'Additional properties set by the integration; empty if there are none.' })
  properties!: readonly Property[];
}
