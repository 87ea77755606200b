import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: 'The conversation that the customer leaves.' })
export class LeaveConversationInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;
}
