import { Field, ID, InputType } from 'type-graphql';
import { Url } from './url.js';

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateWebhookInput {
  @Field(() => ID)
  webhookId!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Url, { nullable: true })
  url?: URL | null;
}
