import { Field, ObjectType } from 'type-graphql';
import type { AssignmentType as DomainAssignmentType } from '../domain/conversation.js';
import { AssignmentType } from './assignment-type.js';

@ObjectType({ description: 'Who or what has the conversation now.' })
export class Assignment {
  @Field(() => AssignmentType)
  type!: DomainAssignmentType;

  @Field(() => String, { description: 'Id of the queue, agent, script or webhook.' })
  targetId!: string;
}
