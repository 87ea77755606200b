import { Field, ID, InputType } from 'type-graphql';
import { ConversationStatus } from './conversation-status.js';
import { CustomerFilter } from './customer-filter.js';

@InputType({ description: 'Conditions on conversations. All given conditions must match; omitted conditions are ignored.' })
export class ConversationFilter {
  @Field(() => ID, {
    nullable: true,
    description:
      'Only conversations of this channel: its `id` or `channelId`. Fails with NOT_FOUND if there is no such channel; for customers, nothing matches then.',
  })
  channelId?: string | null;

  @Field(() => ConversationStatus, {
    nullable: true,
    description: 'Only conversations with this upstream status. Requires the capability FILTER_BY_STATE.',
  })
  status?: keyof typeof ConversationStatus | null;

  @Field(() => CustomerFilter, { nullable: true, description: 'Only conversations of customers that match.' })
  customer?: CustomerFilter | null;
}
