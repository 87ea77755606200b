import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { USER_ERRORS } from './descriptions.js';
import { Url } from './url.js';
import { UserError } from './user-error.js';

@ObjectType({ description: 'Result of `createAttachmentUpload`.' })
export class CreateAttachmentUploadPayload {
  @Field(() => Url, {
    nullable: true,
    description:
      'URL for one PUT of the bytes, answered with 201 `{"attachmentId": "…"}`; null if there are `userErrors`. It needs no token, so anyone who has it can upload this one file.',
  })
  uploadUrl!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When `uploadUrl` expires: an upload must start before this time. Null if there are `userErrors`.',
  })
  expiresAt!: Date | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: readonly UserError[];
}
