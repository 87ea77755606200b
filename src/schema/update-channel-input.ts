import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'What is left out stays as it is.' })
export class UpdateChannelInput {
  @Field(() => ID)
  channelId!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Where new conversations of this channel wait.' })
  queueId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Where the events of this channel are sent.' })
  webhookId?: string | null;
}
