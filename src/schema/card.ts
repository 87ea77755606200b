import { Field, ObjectType } from 'type-graphql';
import { Json } from './json.js';

@ObjectType({ description: 'Interactive content of a message, such as an Adaptive Card or quick replies.' })
export class Card {
  @Field(() => String, {
    nullable: true,
    description: 'Id of the card in the contact centre; null on messages in events, which have no card ids.',
  })
  cardId!: string | null;

  @Field(() => String, { description: 'Media type that defines the format of `content`, such as that of Adaptive Cards or quick replies.' })
  contentType!: string;

  @Field(() => Json, { description: 'The card in the format named by `contentType`.' })
  content!: unknown;

  @Field(() => Boolean, { description: 'True if the customer has submitted the card.' })
  submitted!: boolean;

  @Field(() => Boolean, { description: "True if one of the card's actions was executed." })
  executed!: boolean;
}
