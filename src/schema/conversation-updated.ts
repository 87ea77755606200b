import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import type { ChannelType as DomainChannelType } from '../domain/channel.js';
import { Assignment } from './assignment.js';
import { ChannelType } from './channel-type.js';
import { Customer } from './customer.js';

@ObjectType({ implements: ConversationEvent, description: 'The upstream changed the conversation itself. Null fields were not told.' })
export class ConversationUpdated extends ConversationEvent {
  readonly __typename = 'ConversationUpdated';

  @Field(() => String, { nullable: true, description: "The upstream's own word: `created`, `active`, `idle`, …" })
  upstreamState!: string | null;

  @Field(() => Assignment, { nullable: true })
  assignment!: Assignment | null;

  @Field(() => Customer, { nullable: true })
  customer!: Customer | null;

  @Field(() => ChannelType, { nullable: true })
  channelType!: DomainChannelType | null;
}
