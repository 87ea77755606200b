import { Field, ObjectType } from 'type-graphql';
import { Conversation } from './conversation.js';

@ObjectType({ description: 'A conversation of the inbox that has changed.' })
export class InboxEntry {
  @Field(() => String, { description: 'Log position to resume after: every change up to it was delivered.' })
  cursor!: string;

  @Field(() => Conversation, { description: 'The conversation as it is now.' })
  conversation!: Conversation;

  @Field(() => Boolean, {
    description: 'Whether to remove the conversation from the list: it does not match the filter, or is not in the inbox any more.',
  })
  removed!: boolean;
}
