import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'One of the extra facts that an integration tells of a customer.' })
export class Property {
  @Field(() => String)
  key!: string;

  @Field(() => String, { nullable: true, description: 'Null where the upstream tells the key alone.' })
  value!: string | null;
}
