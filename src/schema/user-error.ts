import { Field, ObjectType } from 'type-graphql';
import { UserErrorCode } from './user-error-code.js';

@ObjectType({ description: 'What the caller can mend in the input.' })
export class UserError {
  @Field(() => [String], { nullable: true, description: 'Path into the input, from the outermost; null where it is about no one field.' })
  field!: readonly string[] | null;

  @Field(() => String, { description: 'For people, in English; its words may change.' })
  message!: string;

  @Field(() => UserErrorCode, { description: 'For programs; its values stay.' })
  code!: keyof typeof UserErrorCode;
}
