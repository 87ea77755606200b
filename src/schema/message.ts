import { Field, ObjectType } from 'type-graphql';
import { Attachment } from './attachment.js';
import { Card } from './card.js';
import { DateTime } from './date-time.js';
import { ExternalProvider } from './external-provider.js';
import { toGlobalId } from './global-id.js';
import { Node } from './node.js';
import { Participant } from './participant.js';

@ObjectType({
  implements: Node,
  description: 'A message. Its `id` is the same in the history and in events: use it to merge both.',
})
export class Message extends Node {
  readonly __typename = 'Message';

  /** Id of the conversation in the contact centre. */
  conversationId!: string;

  /** Key of the message identity, unique in the conversation (ADR 5). */
  key!: string;

  /** Id of the interaction in the contact centre; null if unknown. */
  interactionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Id of the message in the contact centre. Null if unknown, as on messages in events, or if the upstream has no message ids.',
  })
  messageId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: '`SendMessageInput.clientMessageId`, on the message and on its echo event; null if none was set.',
  })
  clientMessageId!: string | null;

  @Field(() => Participant, { description: 'Participant who wrote the message.' })
  author!: Participant;

  @Field(() => String, { nullable: true, description: 'Text as written; null if the message has none.' })
  text!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Text in the reader's language; null if the upstream does not translate (MESSAGE_TRANSLATION).",
  })
  translatedText!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the message was sent, according to the contact centre's clock; null if unknown.",
  })
  createdAt!: Date | null;

  @Field(() => [Attachment], { description: 'Files sent with the message.' })
  attachments!: readonly Attachment[];

  @Field(() => [Card], { description: 'Cards sent with the message.' })
  cards!: readonly Card[];

  @Field(() => ExternalProvider, {
    nullable: true,
    description: 'Reference to the content if another provider stores it in place of `text`; null otherwise.',
  })
  externalProvider!: ExternalProvider | null;

  get id(): string {
    return toGlobalId('Message', this.conversationId, this.key);
  }
}
