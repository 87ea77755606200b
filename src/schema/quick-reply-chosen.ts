import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({ implements: ConversationEvent, description: 'The customer chose one of the quick replies offered.' })
export class QuickReplyChosen extends ConversationEvent {
  readonly __typename = 'QuickReplyChosen';

  @Field(() => String, { nullable: true, description: 'Title of the chosen reply, as shown to the customer; null if unknown.' })
  title!: string | null;

  @Field(() => String, { nullable: true, description: 'Payload that the bot attached to the reply; null if there is none.' })
  payload!: string | null;
}
