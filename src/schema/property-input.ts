import { Field, InputType } from 'type-graphql';

@InputType()
export class PropertyInput {
  @Field(() => String, { description: "Known to the contact centre's administrators." })
  key!: string;

  @Field(() => String)
  value!: string;
}
