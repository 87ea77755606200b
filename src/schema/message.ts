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
  description: 'A message. It has one `id`, the same in the history and in the event that told of it: merge by it.',
})
export class Message extends Node {
  readonly __typename = 'Message';

  /** The conversation's vendor id. */
  conversationId!: string;

  /** Of its name, unique in the conversation. */
  key!: string;

  /** Null where the upstream does not tell. */
  interactionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The vendor's id; null while it is not known (events carry none) and on upstreams that have none.",
  })
  messageId!: string | null;

  @Field(() => String, { nullable: true, description: 'As it was given to `sendMessage`, on the message and on its echo.' })
  clientMessageId!: string | null;

  @Field(() => Participant)
  author!: Participant;

  @Field(() => String, { nullable: true, description: 'As it was written; null where the message holds something else only.' })
  text!: string | null;

  @Field(() => String, { nullable: true, description: 'In the language of the reader, where the upstream translates.' })
  translatedText!: string | null;

  @Field(() => DateTime, { nullable: true, description: "By the contact centre's clock; null where the upstream does not tell." })
  createdAt!: Date | null;

  @Field(() => [Attachment])
  attachments!: readonly Attachment[];

  @Field(() => [Card])
  cards!: readonly Card[];

  @Field(() => ExternalProvider, {
    nullable: true,
    description: 'In place of `text`, where another provider holds the message. Null otherwise.',
  })
  externalProvider!: ExternalProvider | null;

  get id(): string {
    return toGlobalId('Message', this.conversationId, this.key);
  }
}
