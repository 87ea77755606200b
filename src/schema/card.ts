import { Field, ObjectType } from 'type-graphql';
import { Json } from './json.js';

@ObjectType({ description: 'Something to click in a message: an Adaptive Card, quick replies, and the like.' })
export class Card {
  @Field(() => String, { nullable: true, description: 'Null in events, which carry none.' })
  cardId!: string | null;

  @Field(() => String)
  contentType!: string;

  @Field(() => Json)
  content!: unknown;

  @Field(() => Boolean, { description: 'The customer has submitted it.' })
  submitted!: boolean;

  @Field(() => Boolean, { description: 'One of its actions was executed.' })
  executed!: boolean;
}
