import { Field, InputType } from 'type-graphql';
import { Url } from './url.js';

@InputType({ description: 'The URL to verify.' })
export class VerifyWebhookInput {
  @Field(() => Url, { description: 'HTTP or HTTPS URL that the contact centre can reach.' })
  url!: URL;
}
