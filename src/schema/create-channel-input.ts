import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'The channel to create.' })
export class CreateChannelInput {
  @Field(() => String, { description: 'Display name, at most 255 characters.' })
  name!: string;

  @Field(() => ID, {
    description:
      "Id in the contact centre of the queue in which its conversations wait first. Queues are created in the contact centre's own tool.",
  })
  queueId!: string;

  @Field(() => ID, { description: 'Webhook that receives its events: its `id` or `webhookId`.' })
  webhookId!: string;
}
