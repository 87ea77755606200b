import { Field, ObjectType } from 'type-graphql';
import { UserErrorCode } from './user-error-code.js';

@ObjectType({ description: 'An error that the caller can fix, usually in the input.' })
export class UserError {
  @Field(() => [String], {
    nullable: true,
    description: 'Path to the field in the input, outermost first; null if the error concerns no single field.',
  })
  field!: readonly string[] | null;

  @Field(() => String, { description: 'Human-readable message in English; may change.' })
  message!: string;

  @Field(() => UserErrorCode, { description: 'Machine-readable code; stable.' })
  code!: keyof typeof UserErrorCode;
}
