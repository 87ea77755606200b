import { Field, InputType, Int } from 'type-graphql';
import { MAX_SHARDS } from '../domain/shard.js';

@InputType({
  description:
    'One of `count` equal parts of all conversations: a conversation is always in the same one, so that its events stay in order. A cursor of one shard stays valid when the shard is divided: `{index: 0, count: 2}` can go on as `{index: 0, count: 4}` and `{index: 2, count: 4}`.',
})
export class Shard {
  @Field(() => Int, { description: 'Which of the shards: 0 to `count` - 1.' })
  index!: number;

  @Field(() => Int, { description: `How many shards there are: 1 to ${MAX_SHARDS}.` })
  count!: number;
}
