import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';
import { Url } from './url.js';

@InputType({ description: 'Changes to a webhook. Omitted fields stay unchanged.' })
export class UpdateWebhookInput {
  @Field(() => ID, { description: idDescription('webhook') })
  webhookId!: string;

  @Field(() => String, { nullable: true, description: 'New display name, at most 255 characters.' })
  name?: string | null;

  @Field(() => Url, { nullable: true, description: 'New HTTP or HTTPS URL that the contact centre can reach.' })
  url?: URL | null;
}
