import { Field, ID, InputType } from 'type-graphql';
import { AssignmentTarget } from './assignment-target.js';

@InputType()
export class AssignmentInput {
  @Field(() => AssignmentTarget)
  type!: keyof typeof AssignmentTarget;

  @Field(() => ID)
  targetId!: string;
}
