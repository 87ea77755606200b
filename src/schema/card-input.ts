import { Field, InputType } from 'type-graphql';
import { Json } from './json.js';

@InputType({ description: 'A card to send in a message.' })
export class CardInput {
  @Field(() => String, { description: 'Media type that defines the format of `content`.' })
  contentType!: string;

  @Field(() => Json, { description: 'The card in the format named by `contentType`, nested at most 100 levels deep.' })
  content!: unknown;
}
