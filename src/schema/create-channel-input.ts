import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class CreateChannelInput {
  @Field(() => String, { description: '255 characters at most.' })
  name!: string;

  @Field(() => ID, { description: "Where its conversations are queued first; queues are made in the contact centre's own tool." })
  queueId!: string;

  @Field(() => ID, { description: 'Where its events go.' })
  webhookId!: string;
}
