import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'An additional property of a customer, set by the integration.' })
export class Property {
  @Field(() => String, { description: 'Name of the property.' })
  key!: string;

  @Field(() => String, { nullable: true, description: 'Value of the property; null if the upstream reports only the key.' })
  value!: string | null;
}
