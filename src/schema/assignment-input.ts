import { Field, ID, InputType } from 'type-graphql';
import { AssignmentTarget } from './assignment-target.js';

@InputType({ description: 'The queue or script to assign a conversation to.' })
export class AssignmentInput {
  @Field(() => AssignmentTarget, { description: 'Whether `targetId` names a queue or a script.' })
  type!: keyof typeof AssignmentTarget;

  @Field(() => ID, { description: 'Id of the queue or script in the contact centre.' })
  targetId!: string;
}
