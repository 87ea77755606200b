import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class ExecuteCardInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID, { description: '`Card.cardId`.' })
  cardId!: string;

  @Field(() => String, { nullable: true, description: "Handed to the upstream as it is; its contract calls it the action's `name`." })
  name?: string | null;
}
