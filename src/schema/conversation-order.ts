import { Field, InputType } from 'type-graphql';
import { ConversationOrderField } from './conversation-order-field.js';
import { OrderDirection } from './order-direction.js';

@InputType({ description: 'Sort field and direction.' })
export class ConversationOrder {
  @Field(() => ConversationOrderField, { description: 'Field to sort by.' })
  field!: keyof typeof ConversationOrderField;

  @Field(() => OrderDirection, { description: 'Ascending or descending.' })
  direction!: keyof typeof OrderDirection;
}
