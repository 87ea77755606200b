import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Participant } from './participant.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'A participant started or stopped typing. Delivered live only, never stored or replayed.',
})
export class TypingChanged extends ConversationEvent {
  readonly __typename = 'TypingChanged';

  @Field(() => [Participant], { description: 'Participants who are typing now; empty if nobody is.' })
  typing!: readonly Participant[];
}
