import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { Url } from './url.js';
import { UserError } from './user-error.js';

@ObjectType()
export class CreateAttachmentUploadPayload {
  @Field(() => Url, {
    nullable: true,
    description:
      'PUT the bytes there, once; the answer is 201 `{"attachmentId": "…"}`, for `sendMessage`. It needs no token: whoever has it may upload this one file.',
  })
  uploadUrl!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Until when the upload may be begun.' })
  expiresAt!: Date | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
