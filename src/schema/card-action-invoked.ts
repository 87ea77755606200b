import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Json } from './json.js';

@ObjectType({ implements: ConversationEvent, description: 'A participant used an Adaptive Card.' })
export class CardActionInvoked extends ConversationEvent {
  readonly __typename = 'CardActionInvoked';

  @Field(() => String, { description: 'Name of the action type, such as `Action.Submit` or `Action.Execute`.' })
  action!: string;

  @Field(() => Json, { nullable: true, description: 'Data sent with the action, in the format of the card; null if there is none.' })
  data!: unknown;
}
