import { Field, ID, InputType } from 'type-graphql';

@InputType()
export class DeleteChannelInput {
  @Field(() => ID)
  channelId!: string;
}
