import { Field, Int, ObjectType } from 'type-graphql';
import type { ConnectionOf, EdgeOf } from './connection.js';
import { Conversation } from './conversation.js';
import { PageInfo } from './page-info.js';

@ObjectType({ description: 'A conversation of the inbox and its cursor.' })
export class InboxEdge implements EdgeOf<Conversation> {
  @Field(() => String, { description: 'Place of the conversation in the inbox when it was read, for `after` and `before`.' })
  cursor!: string;

  @Field(() => Conversation, { description: 'The conversation.' })
  node!: Conversation;
}

@ObjectType({
  description:
    'A page of the inbox, newest activity first. With a filter it may hold fewer conversations than asked for, or none, while `hasNextPage` is true, or `hasPreviousPage` from the bottom.',
})
export class InboxConnection implements ConnectionOf<Conversation> {
  @Field(() => [InboxEdge], { description: 'Conversations of this page with their cursors.' })
  edges!: readonly InboxEdge[];

  @Field(() => [Conversation], { description: 'Conversations of this page without their cursors.' })
  nodes!: readonly Conversation[];

  @Field(() => PageInfo, {
    description:
      'Position of this page in the inbox. The cursor in the direction of reading is never null while there are more, also on an empty page.',
  })
  pageInfo!: PageInfo;

  @Field(() => Int, { nullable: true, description: 'Always null: counting the conversations of the inbox would mean reading all of them.' })
  totalCount!: number | null;

  @Field(() => String, {
    description: 'Log position taken before this page was read. Subscribe to `inboxChanged` with `after: latestCursor` to miss no change.',
  })
  latestCursor!: string;
}
