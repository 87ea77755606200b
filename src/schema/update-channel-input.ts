import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: 'Changes to a channel. Omitted fields stay unchanged.' })
export class UpdateChannelInput {
  @Field(() => ID, { description: idDescription('channel') })
  channelId!: string;

  @Field(() => String, { nullable: true, description: 'New display name, at most 255 characters.' })
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id in the contact centre of the queue in which its new conversations wait.' })
  queueId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Webhook that receives its events: its `id` or `webhookId`.' })
  webhookId?: string | null;
}
