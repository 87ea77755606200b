import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';
import { Url } from './url.js';

@ObjectType({ implements: Node, description: 'An address to which the contact centre sends the events of the channels that report there.' })
export class Webhook extends Node {
  readonly __typename = 'Webhook';
  readonly id!: string;

  @Field(() => String)
  webhookId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Url)
  url!: string;

  @Field(() => String, { description: "In which generation's format it wants its events, in the upstream's own words." })
  notificationVersion!: string;
}
