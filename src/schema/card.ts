import { Field, ObjectType } from 'type-graphql';
import { Json } from './json.js';

@ObjectType({ description: 'Something to click in a message: an Adaptive Card, quick replies, and the like.' })
export class Card {
  @Field(() => String, { nullable: true, description: 'Null in events, which carry none.' })
  cardId!: string | null;

  @Field(() => String, { description: 'The media type that says what `content` is: Adaptive Cards and quick replies have their own.' })
  contentType!: string;

  @Field(() => Json, { description: 'The card itself, in the format that `contentType` names.' })
  content!: unknown;

  @Field(() => Boolean, { description: 'The customer has submitted it.' })
  submitted!: boolean;

  @Field(() => Boolean, { description: 'One of its actions was executed.' })
  executed!: boolean;
}
