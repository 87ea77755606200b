import { Field, InputType } from 'type-graphql';

@InputType({ description: 'A customer property to set or to filter by.' })
export class PropertyInput {
  @Field(() => String, { description: 'Name of the property, as configured in the contact centre.' })
  key!: string;

  @Field(() => String, { description: 'Value of the property.' })
  value!: string;
}
