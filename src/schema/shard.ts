import { Field, InputType, Int } from 'type-graphql';
import { MAX_SHARDS } from '../domain/shard.js';

@InputType({
  description:
    'One of `count` shards that share all conversations: a conversation is always in the same one, so that its events stay in order. Cursors do not depend on shards: one of shard `index` of `count` is valid for every shard within it, which are those of `k × count` whose index modulo `count` is `index`.',
})
export class Shard {
  @Field(() => Int, { description: 'Which of the shards: 0 to `count` - 1.' })
  index!: number;

  @Field(() => Int, { description: `How many shards there are: 1 to ${MAX_SHARDS}.` })
  count!: number;
}
