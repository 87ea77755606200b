import { Field, ObjectType } from 'type-graphql';
import type { AssignmentType as DomainAssignmentType } from '../domain/conversation.js';
import { AssignmentType } from './assignment-type.js';

@ObjectType({ description: 'The agent, queue or bot that a conversation is assigned to.' })
export class Assignment {
  @Field(() => AssignmentType, { description: 'Kind of the assignee.' })
  type!: DomainAssignmentType;

  @Field(() => String, { description: 'Id of the queue, agent, script or webhook in the contact centre.' })
  targetId!: string;

  @Field(() => String, { nullable: true, description: 'Display name of the queue or agent; null if no event reported it.' })
  name?: string | null;
}
