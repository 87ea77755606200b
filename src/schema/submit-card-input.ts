import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: 'The card that the customer submitted.' })
export class SubmitCardInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => ID, { description: 'Id of the card: `Card.cardId`.' })
  cardId!: string;

  @Field(() => String, { nullable: true, description: 'Name of the action, passed to the upstream unchanged.' })
  name?: string | null;
}
