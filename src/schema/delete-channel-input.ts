import { Field, ID, InputType } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: 'The channel to delete.' })
export class DeleteChannelInput {
  @Field(() => ID, { description: idDescription('channel') })
  channelId!: string;
}
