import { Field, ObjectType } from 'type-graphql';
import type { ChannelType as DomainChannelType } from '../domain/channel.js';
import { ChannelType } from './channel-type.js';
import { Node } from './node.js';
import { Queue } from './queue.js';

@ObjectType({ implements: Node, description: 'A way into the contact centre: ties a queue to the webhook that hears its events.' })
export class Channel extends Node {
  readonly __typename = 'Channel';
  readonly id!: string;

  @Field(() => String)
  channelId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => ChannelType)
  type!: DomainChannelType;

  @Field(() => String, { nullable: true, description: "The upstream's own word for `type`." })
  rawType!: string | null;

  @Field(() => Queue, { nullable: true, description: 'Where its conversations are queued first.' })
  queue!: Queue | null;

  /** For the resolver of `webhook`; no field itself. */
  webhookId!: string | null;
}
