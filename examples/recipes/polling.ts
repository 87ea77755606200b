import { codesOf } from 'chat-graphql-gateway-client';
import type { Request } from 'chat-graphql-gateway-client';
import { EventFeedDocument, FeedStartDocument } from 'chat-graphql-gateway-client/documents';
import type { EventFeedQuery, EventFeedQueryVariables } from 'chat-graphql-gateway-client/documents';

export interface PollOptions extends Pick<EventFeedQueryVariables, 'types' | 'channelId' | 'shard'> {
  /** Made by `requestOverHttp`, with a service's token. */
  readonly request: Request;
  /** The cursor that was saved last; null the first time. */
  readonly load: () => Promise<string | null>;
  readonly save: (cursor: string) => Promise<void>;
  /** May be called again with the same events, if the run ends before `save`: their ids are the same. */
  readonly handle: (events: EventFeedQuery['eventFeed']['nodes']) => Promise<void>;
  /** When to leave the rest to the next run, in epoch milliseconds: before the function's time limit. */
  readonly until: number;
}

/** One run of a cron job or a serverless function: handles what happened since the last run. Two runs at a time need shards of their own. */
export async function poll({ request, load, save, handle, until, ...wanted }: PollOptions): Promise<void> {
  let after: string | null | undefined = (await load()) ?? (await request(FeedStartDocument, {})).gateway.latestCursor;
  for (let hasNextPage = true; hasNextPage && Date.now() < until;) {
    const { eventFeed }: EventFeedQuery = await request(EventFeedDocument, { ...wanted, after }).catch((error: unknown) => {
      // Too long since the last run: events were removed. Without a cursor it goes on with the oldest that are stored.
      if (!codesOf(error).includes('CURSOR_EXPIRED')) throw error;
      return request(EventFeedDocument, wanted);
    });
    if (eventFeed.nodes.length > 0) await handle(eventFeed.nodes);
    ({ hasNextPage, endCursor: after } = eventFeed.pageInfo);
    if (typeof after === 'string') await save(after);
  }
}
