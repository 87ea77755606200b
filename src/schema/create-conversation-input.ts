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
}
