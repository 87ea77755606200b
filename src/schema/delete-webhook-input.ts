import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class DeleteWebhookInput {
  @Field(() => ID)
  webhookId!: string;
}
