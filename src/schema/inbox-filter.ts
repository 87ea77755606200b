import { Field, ID, InputType } from 'type-graphql';
import type { ConversationState as State } from '../domain/state.js';
import { ConversationState } from './conversation-state.js';

@InputType({ description: 'Conditions on conversations in the inbox. All given conditions must match; omitted conditions are ignored.' })
export class InboxFilter {
  @Field(() => [ConversationState], {
    nullable: true,
    description: 'Only conversations in one of these states, at least one, by their events alone; all states if omitted.',
  })
  states?: State[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Only conversations of this channel: its `id` or `channelId`. Fails with NOT_FOUND if there is no such channel; for customers, nothing matches then. Events do not name channels, so this costs an upstream call for each conversation whose channel is not known yet.',
  })
  channelId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only conversations of this customer, as last reported by an event. Requires the capability UPDATE_CONVERSATION.',
  })
  customerId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Only conversations with unread messages.' })
  unreadOnly?: boolean | null;
}
