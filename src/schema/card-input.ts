import { Field, InputType } from 'type-graphql';
import { Json } from './json.js';

@InputType()
export class CardInput {
  @Field(() => String)
  contentType!: string;

  @Field(() => Json)
  content!: unknown;
}
