import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: "The conversation to erase from this gateway's log." })
export class EraseConversationInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;
}
