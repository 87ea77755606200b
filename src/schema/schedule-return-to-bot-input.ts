import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'Null: as the upstream has it.' })
export class ScheduleReturnToBotInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => ID, { description: 'The webhook of the bot that takes over.' })
  webhookId!: string;

  @Field(() => Boolean, { nullable: true, description: "Whether the channel's own webhook is told too, where there is one." })
  notifyChannelWebhook?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'After so many minutes the conversation is over. From 20 to 600.' })
  maxTotalMinutes?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The conversation is over where the customer has not answered the bot's last message for so many minutes. From 10 to 300.",
  })
  userTimeoutMinutes?: number | null;
}
