import { Field, ID, InputType, Int } from 'type-graphql';
import { idDescription } from './descriptions.js';

@InputType({ description: 'The conversation in which the bot is preparing an answer.' })
export class SendThinkingInput {
  @Field(() => ID, { description: idDescription('conversation') })
  conversationId!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 60,
    description: 'Seconds for which the indicator is shown, 1 to 600; a message ends it earlier.',
  })
  maxSeconds?: number | null;
}
