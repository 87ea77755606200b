import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class EraseConversationInput {
  @Field(() => ID)
  conversationId!: string;
}
