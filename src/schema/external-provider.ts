import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Reference to a message whose content is stored by another provider.' })
export class ExternalProvider {
  @Field(() => String, { description: 'Name of the provider, such as `X`.' })
  name!: string;

  @Field(() => String, { description: 'Id of the message at that provider.' })
  externalMessageId!: string;
}
