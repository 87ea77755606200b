import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Participant } from './participant.js';

@ObjectType({ implements: ConversationEvent, description: 'Who is typing has changed. Live only: never stored, so never replayed.' })
export class TypingChanged extends ConversationEvent {
  readonly __typename = 'TypingChanged';

  @Field(() => [Participant], { description: 'Everybody who is typing now; empty: nobody any more.' })
  typing!: readonly Participant[];
}
