import { Field, ID, InputType, Int } from 'type-graphql';
import { MessageSender } from './message-sender.js';

@InputType()
export class CreateAttachmentUploadInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => String, {
    description:
      "The file's name; of a path the last part counts, and what cannot be seen is left out. Names that stand for programs or pages are refused.",
  })
  filename!: string;

  @Field(() => String, { description: 'A media type, such as `image/png`: pictures, sound, film, texts and office documents are taken.' })
  contentType!: string;

  @Field(() => Int, { description: 'Exactly as many bytes must be sent. From 1 to 104857600 (100 MiB).' })
  sizeBytes!: number;

  @Field(() => MessageSender, { nullable: true, description: "Default: CUSTOMER with a customer's token, else BOT." })
  sendAs?: keyof typeof MessageSender | null;
}
