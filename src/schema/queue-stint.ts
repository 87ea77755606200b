import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { Queue } from './queue.js';

@ObjectType({ description: 'A wait in a queue.' })
export class QueueStint {
  @Field(() => Queue)
  queue!: Queue;

  @Field(() => DateTime)
  queuedAt!: Date;
}
