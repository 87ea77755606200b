import { Field, InputType } from 'type-graphql';
import { Json } from './json.js';

@InputType()
export class CardInput {
  @Field(() => String, { description: 'The media type that says what `content` is.' })
  contentType!: string;

  @Field(() => Json, { description: 'The card itself, in the format that `contentType` names.' })
  content!: unknown;
}
