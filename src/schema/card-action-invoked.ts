import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Json } from './json.js';

@ObjectType({ implements: ConversationEvent, description: 'Somebody used an Adaptive Card.' })
export class CardActionInvoked extends ConversationEvent {
  readonly __typename = 'CardActionInvoked';

  @Field(() => String, { description: '`Action.Submit`, `Action.Execute`, …' })
  action!: string;

  @Field(() => Json, { nullable: true, description: 'What the card sends along.' })
  data!: unknown;
}
