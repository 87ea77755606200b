import { Field, ID, InputType, Int } from 'type-graphql';
import { SEND_AS, idDescription } from './descriptions.js';
import { MessageSender } from './message-sender.js';

@InputType({ description: 'The file to upload.' })
export class CreateAttachmentUploadInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => String, {
    description: 'File name. Only the base name is kept and invisible characters are removed; executable and HTML names are rejected.',
  })
  filename!: string;

  @Field(() => String, { description: 'Media type, such as `image/png`; images, audio, video, text and office documents are accepted.' })
  contentType!: string;

  @Field(() => Int, { description: 'Exact size in bytes, 1 to 104857600 (100 MiB); the upload must have this size.' })
  sizeBytes!: number;

  @Field(() => MessageSender, { nullable: true, description: SEND_AS })
  sendAs?: keyof typeof MessageSender | null;
}
