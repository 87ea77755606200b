import { Field, ID, InputType, Int } from 'type-graphql';

@InputType()
export class SendThinkingInput {
  @Field(() => ID)
  conversationId!: string;

  @Field(() => Int, { nullable: true, defaultValue: 60, description: 'From 1 to 600; a message ends it before.' })
  maxSeconds?: number | null;
}
