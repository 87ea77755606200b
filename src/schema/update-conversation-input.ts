import { Field, ID, InputType } from 'type-graphql';
import { AssignmentInput } from './assignment-input.js';
import { CustomerInput } from './customer-input.js';
import { idDescription } from './descriptions.js';

@InputType({ description: 'Changes to a conversation; needs `customer`, `assignment` or both.' })
export class UpdateConversationInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => CustomerInput, {
    nullable: true,
    description:
      'Customer data to change; omitted, null and empty fields stay unchanged. `properties` replaces all existing properties, so an empty list removes them.',
  })
  customer?: CustomerInput | null;

  @Field(() => AssignmentInput, {
    nullable: true,
    description: 'Queue or script to assign the conversation to. The upstream carries it out asynchronously; the result arrives as events.',
  })
  assignment?: AssignmentInput | null;
}
