import { Field, ObjectType } from 'type-graphql';
import type { ChannelType as DomainChannelType } from '../domain/channel.js';
import { ChannelType } from './channel-type.js';
import { Node } from './node.js';
import { Queue } from './queue.js';

@ObjectType({
  implements: Node,
  description: 'An entry point into the contact centre: links a queue to the webhook that receives its events.',
})
export class Channel extends Node {
  readonly __typename = 'Channel';
  readonly id!: string;

  @Field(() => String, { description: 'Id of the channel in the contact centre.' })
  channelId!: string;

  @Field(() => String, { description: 'Display name.' })
  name!: string;

  @Field(() => ChannelType, { description: 'Medium through which its customers write.' })
  type!: DomainChannelType;

  @Field(() => String, { nullable: true, description: "Value of `type` in the upstream's own format; null if unknown." })
  rawType!: string | null;

  @Field(() => Queue, { nullable: true, description: 'Queue in which its new conversations wait; null if unknown.' })
  queue!: Queue | null;

  /** Id of the webhook in the contact centre, for the resolver of `webhook`. Not a field of the schema. */
  webhookId!: string | null;
}
