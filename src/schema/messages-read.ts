import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { DateTime } from './date-time.js';
import { Participant } from './participant.js';

@ObjectType({ implements: ConversationEvent, description: 'A participant has read the messages up to a point in time.' })
export class MessagesRead extends ConversationEvent {
  readonly __typename = 'MessagesRead';

  @Field(() => DateTime, { description: 'Messages up to this time have been read.' })
  readAt!: Date;

  @Field(() => Participant, { description: 'Participant who has read them.' })
  reader!: Participant;
}
