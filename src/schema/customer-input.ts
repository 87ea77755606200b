import { Field, InputType } from 'type-graphql';
import { PropertyInput } from './property-input.js';

@InputType({ description: 'Customer data shown to agents. Omitted fields stay unset or unchanged.' })
export class CustomerInput {
  @Field(() => String, { nullable: true, description: 'Full name.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: "Id of the customer in the integration's own records." })
  customerId?: string | null;

  @Field(() => String, { nullable: true, description: 'Email address.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'Company that the customer belongs to.' })
  company?: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the case that the conversation is about.' })
  caseId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Language used for routing to an agent, as a language tag such as `en`, `de` or `zh-CN`.',
  })
  language?: string | null;

  @Field(() => [PropertyInput], { nullable: true, description: 'Additional properties, at most 30.' })
  properties?: PropertyInput[] | null;
}
