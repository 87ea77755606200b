import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a message is held that another provider keeps, and its id there.' })
export class ExternalProvider {
  @Field(() => String, { description: 'Name of the provider, such as `X`.' })
  name!: string;

  @Field(() => String, { description: "The message's id at that provider." })
  externalMessageId!: string;
}
