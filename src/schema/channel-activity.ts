import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Json } from './json.js';

@ObjectType({ implements: ConversationEvent, description: 'Something particular to the channel, as it came.' })
export class ChannelActivity extends ConversationEvent {
  readonly __typename = 'ChannelActivity';

  @Field(() => String, { description: "The channel's own name for it." })
  name!: string;

  @Field(() => Json, { nullable: true, description: 'What the channel tells of it, in a shape of its own.' })
  value!: unknown;
}
