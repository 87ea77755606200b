import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'A queue in which conversations wait for an agent.' })
export class Queue {
  @Field(() => String, { description: 'Id of the queue in the contact centre.' })
  queueId!: string;

  @Field(() => String, { nullable: true, description: 'Display name; null if no event reported it.' })
  name!: string | null;
}
