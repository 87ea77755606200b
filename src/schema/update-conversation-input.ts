import { Field, ID, InputType } from 'type-graphql';
import { AssignmentInput } from './assignment-input.js';
import { CustomerInput } from './customer-input.js';

@InputType()
export class UpdateConversationInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => CustomerInput, {
    nullable: true,
    description:
      'What is left out, null or empty stays as it is. `properties`, where given, replace all that were there: an empty list takes them away.',
  })
  customer?: CustomerInput | null;

  @Field(() => AssignmentInput, {
    nullable: true,
    description: 'Hands the conversation over. It is carried out after the answer: events tell.',
  })
  assignment?: AssignmentInput | null;
}
