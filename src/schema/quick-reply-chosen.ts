import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({ implements: ConversationEvent, description: 'The customer chose one of the quick replies offered.' })
export class QuickReplyChosen extends ConversationEvent {
  readonly __typename = 'QuickReplyChosen';

  @Field(() => String, { nullable: true, description: 'What the customer saw, and chose.' })
  title!: string | null;

  @Field(() => String, { nullable: true, description: 'What the bot gave along with the reply, for itself.' })
  payload!: string | null;
}
