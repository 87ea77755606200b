import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where conversations wait for an agent.' })
export class Queue {
  @Field(() => String)
  queueId!: string;

  @Field(() => String, { nullable: true, description: 'Known only where an event told it.' })
  name!: string | null;
}
