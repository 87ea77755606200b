import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class LeaveConversationInput {
  @Field(() => ID)
  conversationId!: string;
}
