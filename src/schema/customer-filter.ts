import { Field, InputType } from 'type-graphql';
import { PropertyInput } from './property-input.js';

@InputType({ description: 'Which customers: those who are all of it, to the letter.' })
export class CustomerFilter {
  @Field(() => String, { nullable: true })
  customerId?: string | null;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => [PropertyInput], { nullable: true, description: 'All of these. Needs the capability FILTER_BY_PROPERTY.' })
  properties?: PropertyInput[] | null;
}
