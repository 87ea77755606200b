import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import type { ChannelType as DomainChannelType } from '../domain/channel.js';
import { Assignment } from './assignment.js';
import { ChannelType } from './channel-type.js';
import { Customer } from './customer.js';

@ObjectType({
  implements: ConversationEvent,
  description: "The upstream changed the conversation's data. Fields that it did not report are null.",
})
export class ConversationUpdated extends ConversationEvent {
  readonly __typename = 'ConversationUpdated';

  @Field(() => String, {
    nullable: true,
    description: "New state in the upstream's own words, such as `created`, `active` or `idle`; null if not reported.",
  })
  upstreamState!: string | null;

  @Field(() => Assignment, { nullable: true, description: 'New assignment; null if not reported.' })
  assignment!: Assignment | null;

  @Field(() => Customer, { nullable: true, description: 'New customer data; null if not reported.' })
  customer!: Customer | null;

  @Field(() => ChannelType, { nullable: true, description: 'Medium of the conversation; null if not reported.' })
  channelType!: DomainChannelType | null;
}
