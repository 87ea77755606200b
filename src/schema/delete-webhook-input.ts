import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: 'The webhook to delete.' })
export class DeleteWebhookInput {
  @Field(() => ID, { description: idDescription('webhook') })
  webhookId!: string;
}
