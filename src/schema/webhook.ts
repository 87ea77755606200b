import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';
import { Url } from './url.js';

@ObjectType({
  implements: Node,
  description: 'A webhook endpoint registered with the contact centre, which sends it the events of its channels.',
})
export class Webhook extends Node {
  readonly __typename = 'Webhook';
  readonly id!: string;

  @Field(() => String, { description: 'Id of the webhook in the contact centre.' })
  webhookId!: string;

  @Field(() => String, { description: 'Display name.' })
  name!: string;

  @Field(() => Url, { description: 'URL to which the contact centre sends events.' })
  url!: string;

  @Field(() => String, { description: 'Event format version, as named by the upstream.' })
  notificationVersion!: string;
}
