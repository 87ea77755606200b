import { Field, InputType } from 'type-graphql';
import { Url } from './url.js';

@InputType()
export class CreateWebhookInput {
  @Field(() => String, { description: '255 characters at most.' })
  name!: string;

  @Field(() => Url, { description: 'An http or https address that the contact centre reaches.' })
  url!: URL;
}
