import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { DateTime } from './date-time.js';
import { Participant } from './participant.js';

@ObjectType({ implements: ConversationEvent, description: 'Somebody has read the messages up to a moment.' })
export class MessagesRead extends ConversationEvent {
  readonly __typename = 'MessagesRead';

  @Field(() => DateTime, { description: 'Up to when messages are read.' })
  readAt!: Date;

  @Field(() => Participant, { description: 'Who has read them.' })
  reader!: Participant;
}
