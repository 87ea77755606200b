import { Field, InputType } from 'type-graphql';
import { ConversationOrderField } from './conversation-order-field.js';
import { OrderDirection } from './order-direction.js';

@InputType()
export class ConversationOrder {
  @Field(() => ConversationOrderField)
  field!: keyof typeof ConversationOrderField;

  @Field(() => OrderDirection)
  direction!: keyof typeof OrderDirection;
}
