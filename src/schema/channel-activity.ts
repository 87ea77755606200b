import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Json } from './json.js';

@ObjectType({ implements: ConversationEvent, description: 'A channel-specific activity, passed through unchanged.' })
export class ChannelActivity extends ConversationEvent {
  readonly __typename = 'ChannelActivity';

  @Field(() => String, { description: 'Name of the activity, as defined by the channel.' })
  name!: string;

  @Field(() => Json, { nullable: true, description: 'Data of the activity in a channel-specific format; null if there is none.' })
  value!: unknown;
}
