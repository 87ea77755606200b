import { Field, InputType } from 'type-graphql';
import { PropertyInput } from './property-input.js';

@InputType({ description: 'What to tell the agents of the customer. What is left out stays unknown, or as it is.' })
export class CustomerInput {
  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  customerId?: string | null;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => String, { nullable: true })
  phone?: string | null;

  @Field(() => String, { nullable: true })
  company?: string | null;

  @Field(() => String, { nullable: true, description: 'The case that the conversation is about.' })
  caseId?: string | null;

  @Field(() => String, { nullable: true, description: 'By which an agent who speaks it is chosen: `en`, `de`, `zh-CN`, …' })
  language?: string | null;

  @Field(() => [PropertyInput], { nullable: true, description: '30 at most.' })
  properties?: PropertyInput[] | null;
}
