import { Field, InputType } from 'type-graphql';
import { PropertyInput } from './property-input.js';

@InputType({ description: 'Conditions on the customer. All given conditions must match exactly (case-sensitive).' })
export class CustomerFilter {
  @Field(() => String, { nullable: true, description: '`Customer.customerId`, at most 255 characters.' })
  customerId?: string | null;

  @Field(() => String, { nullable: true, description: 'Email address, at most 255 characters.' })
  email?: string | null;

  @Field(() => [PropertyInput], {
    nullable: true,
    description: 'Properties that the customer must have, at most 30 and one value per key. Requires the capability FILTER_BY_PROPERTY.',
  })
  properties?: PropertyInput[] | null;
}
