import { Field, InputType } from 'type-graphql';
import { Url } from './url.js';

@InputType()
export class VerifyWebhookInput {
  @Field(() => Url)
  url!: URL;
}
