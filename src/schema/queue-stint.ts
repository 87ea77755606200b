import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { Queue } from './queue.js';

@ObjectType({ description: 'A wait of an interaction in a queue.' })
export class QueueStint {
  @Field(() => Queue, { description: 'The queue.' })
  queue!: Queue;

  @Field(() => DateTime, { description: "When the wait started, according to the contact centre's clock." })
  queuedAt!: Date;
}
