import { Field, ID, InputType } from 'type-graphql';
import { AssignmentInput } from './assignment-input.js';
import { CustomerInput } from './customer-input.js';
import { HistoryMessageInput } from './history-message-input.js';

@InputType()
export class CreateConversationInput {
  @Field(() => ID, { description: 'The channel that it comes in by, which decides the queue.' })
  channelId!: string;

  @Field(() => CustomerInput)
  customer!: CustomerInput;

  @Field(() => AssignmentInput, { nullable: true, description: "Instead of the channel's own queue." })
  assignment?: AssignmentInput | null;

  @Field(() => [HistoryMessageInput], {
    nullable: true,
    description: 'What was said before, oldest first, so that the agent sees it: 200 at most.',
  })
  history?: HistoryMessageInput[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Yours to choose, for one try and its repeats: within 24 hours the same key with the same input gives the first outcome again, and nothing is created twice. 255 characters at most.',
  })
  idempotencyKey?: string | null;
}
