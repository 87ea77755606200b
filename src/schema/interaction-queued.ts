import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Queue } from './queue.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'The conversation waits in a queue, at the start of an interaction or after a transfer.',
})
export class InteractionQueued extends ConversationEvent {
  readonly __typename = 'InteractionQueued';

  @Field(() => Queue, { description: 'The queue in which it waits.' })
  queue!: Queue;
}
