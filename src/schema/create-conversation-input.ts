import { Field, ID, InputType } from 'type-graphql';
import { AssignmentInput } from './assignment-input.js';
import { CustomerInput } from './customer-input.js';
import { IDEMPOTENCY_KEY } from './descriptions.js';
import { HistoryMessageInput } from './history-message-input.js';

@InputType({ description: 'The conversation to create.' })
export class CreateConversationInput {
  @Field(() => ID, { description: 'Channel of the conversation, which determines its queue: `Channel.id` or `Channel.channelId`.' })
  channelId!: string;

  @Field(() => CustomerInput, { description: 'The customer who starts the conversation.' })
  customer!: CustomerInput;

  @Field(() => AssignmentInput, {
    nullable: true,
    description: "Queue or script to assign the conversation to instead of the channel's queue. Requires the capability ASSIGNMENT.",
  })
  assignment?: AssignmentInput | null;

  @Field(() => [HistoryMessageInput], {
    nullable: true,
    description: 'Earlier messages to show to the agent, oldest first, at most 200.',
  })
  history?: HistoryMessageInput[] | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
