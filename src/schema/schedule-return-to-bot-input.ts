import { Field, ID, InputType, Int } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: "How a conversation returns to a bot. Null fields use the upstream's defaults." })
export class ScheduleReturnToBotInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => ID, { description: 'Webhook of the bot that takes over: its `id` or `webhookId`.' })
  webhookId!: string;

  @Field(() => Boolean, { nullable: true, description: "Whether the channel's own webhook also receives the events, if there is one." })
  notifyChannelWebhook?: boolean | null;

  @Field(() => Int, { nullable: true, description: 'Minutes after which the conversation ends, 20 to 600.' })
  maxTotalMinutes?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Minutes without a reply to the bot's last message after which the conversation ends, 10 to 300.",
  })
  userTimeoutMinutes?: number | null;
}
