import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';
import { UserError } from './user-error.js';

@ObjectType()
export class SendMessagePayload {
  @Field(() => Conversation, { nullable: true, description: 'As it is after this; null where `userErrors` tells why nothing was done.' })
  conversation!: Conversation | null;

  @Field(() => String, { nullable: true, description: 'Taken before the message was sent: its echo lies after it.' })
  cursor!: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'The conversation was over, and this message queues it again; null where that is not known.',
  })
  startsNewInteraction!: boolean | null;

  @Field(() => [UserError], { description: 'What to mend in the input; empty where it was done.' })
  userErrors!: readonly UserError[];
}
