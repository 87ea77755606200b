import { Field, InputType } from 'type-graphql';
import { ConversationOrderField } from './conversation-order-field.js';
import { OrderDirection } from './order-direction.js';

@InputType({ description: 'By what conversations are listed, and which way.' })
export class ConversationOrder {
  @Field(() => ConversationOrderField)
  field!: keyof typeof ConversationOrderField;

  @Field(() => OrderDirection)
  direction!: keyof typeof OrderDirection;
}
