import { Field, InputType } from 'type-graphql';
import { Url } from './url.js';

@InputType({ description: 'The webhook to register.' })
export class CreateWebhookInput {
  @Field(() => String, { description: 'Display name, at most 255 characters.' })
  name!: string;

  @Field(() => Url, { description: 'HTTP or HTTPS URL that the contact centre can reach.' })
  url!: URL;
}
