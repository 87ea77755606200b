import { Field, ID, InputType } from 'type-graphql';
import { ConversationStatus } from './conversation-status.js';
import { CustomerFilter } from './customer-filter.js';

@InputType({ description: 'Which conversations: those that are all of it. What is left out does not matter.' })
export class ConversationFilter {
  @Field(() => ID, { nullable: true })
  channelId?: string | null;

  @Field(() => ConversationStatus, { nullable: true, description: 'Needs the capability FILTER_BY_STATE.' })
  status?: keyof typeof ConversationStatus | null;

  @Field(() => CustomerFilter, { nullable: true })
  customer?: CustomerFilter | null;
}
