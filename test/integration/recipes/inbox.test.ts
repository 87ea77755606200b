import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { possibleTypes, ResumableLink, typePolicies } from '../../../client/src/apollo/index.js';
import { connect } from '../../../client/src/connect.js';
import { CreateConversationDocument } from '../../../client/src/generated/graphql.js';
import type { InboxFilter, InboxQuery } from '../../../client/src/generated/graphql.js';
import { requestOverHttp } from '../../../client/src/request.js';
import type { Request } from '../../../client/src/request.js';
import { openInbox } from '../../../examples/recipes/inbox.js';
import { KillableGateway } from '../../support/killable-gateway.js';
import { untilTrue } from '../../support/until.js';

type Row = InboxQuery['inbox']['nodes'][number];
type Opened = ReturnType<typeof openInbox> & { readonly rows: () => readonly Row[]; readonly hasMore: () => boolean };

/** More than a page. */
const CONVERSATIONS = 23;
const PAGE = 20;

let gateway: KillableGateway;
let client: Client;
let apollo: ApolloClient;
let request: Request;
/** Ids in the contact centre, in the order of the last activity, newest first. */
let ids: string[];

beforeAll(async () => {
  gateway = await KillableGateway.start();
  request = requestOverHttp({ url: gateway.urls.graphqlUrl });
  const created: string[] = [];
  for (let count = 0; count < CONVERSATIONS; count += 1) {
    const input = { channelId: gateway.simulator.channelId, customer: { name: `Mia ${count}` } };
    const { createConversation } = await request(CreateConversationDocument, { input });
    expect(createConversation.userErrors).toEqual([]);
    created.push(gateway.simulator.centre.conversations().at(-1)?.id ?? '');
    gateway.simulator.centre.agentAccepts(created.at(-1) ?? '');
    await gateway.simulator.webhookSender.settled();
  }
  ids = created.toReversed();
});
afterAll(() => gateway.stop());

beforeEach(() => {
  client = connect({ url: gateway.urls.wsUrl, webSocketImpl: WebSocket });
  const latestCursor = () => Promise.reject(new Error('The recipe brings its own.'));
  apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new ResumableLink({ client, latestCursor, backoff: () => 50 }),
      new HttpLink({ uri: gateway.urls.graphqlUrl }),
    ),
  });
});
afterEach(async () => {
  apollo.stop();
  await client.dispose();
});

async function open(filter?: InboxFilter): Promise<Opened> {
  let rows: readonly Row[] | null = null;
  let hasMore = false;
  const inbox = openInbox({
    apollo,
    ...(filter && { filter }),
    show: (shown, more) => ([rows, hasMore] = [shown, more]),
    fail: (error) => {
      throw error;
    },
  });
  await untilTrue(() => rows !== null);
  return { ...inbox, rows: () => rows ?? [], hasMore: () => hasMore };
}

function say(id: string, text: string): void {
  gateway.simulator.centre.agentSays(id, text);
  ids = [id, ...ids.filter((other) => other !== id)];
}

const shownIds = ({ rows }: Opened) => rows().map(({ conversationId }) => conversationId);
const isFirst = (inbox: Opened, text: string) => untilTrue(() => inbox.rows()[0]?.lastMessage?.text === text);

it('shows pages, moves what changes to the top, and misses nothing while the gateway is killed and started again', async () => {
  const inbox = await open();
  expect(shownIds(inbox)).toEqual(ids.slice(0, PAGE));
  // The subscription is there once something has been delivered.
  say(ids[1] ?? '', 'live');
  await isFirst(inbox, 'live');
  say(ids.at(-1) ?? '', 'from below the page');
  await isFirst(inbox, 'from below the page');
  await inbox.more();
  await untilTrue(() => !inbox.hasMore());
  expect(shownIds(inbox)).toEqual(ids);

  await gateway.kill();
  const [third = '', fifth = ''] = [ids[2], ids[4]];
  say(third, 'while it was away');
  await gateway.startAgain();
  await isFirst(inbox, 'while it was away');
  say(fifth, 'and after');
  await isFirst(inbox, 'and after');
  expect(shownIds(inbox)).toEqual(ids);
  inbox.close();
});

it('drops what no longer matches its filter', async () => {
  const inbox = await open({ unreadOnly: true });
  const all = await open();
  const [read = '', left = ''] = shownIds(inbox);
  expect(inbox.rows().length).toBeGreaterThan(1);
  await inbox.markRead(read);
  await untilTrue(() => !shownIds(inbox).includes(read));
  expect(all.rows().find(({ conversationId }) => conversationId === read)?.unreadCount).toBe(0);
  expect(shownIds(inbox)).toContain(left);
  say(read, 'unread again');
  await isFirst(inbox, 'unread again');
  inbox.close();
  all.close();
});
