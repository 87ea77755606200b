import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import {
  AllConversationEventsDocument,
  ConversationCursorDocument,
  ConversationEventsDocument,
  GatewayDocument,
} from '../operations/operations.generated.js';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { clientOf, follow } from '../support/crash/follow.js';
import { GatewayProcess, portToKeep } from '../support/crash/gateway-process.js';
import type { GatewayUrls } from '../support/crash/gateway-process.js';

const KILLS = 10;
const PER_SECOND = 520;
/** How long the gateway lives once it listens, in milliseconds. */
const SHORTEST_LIFE_MS = 50;
const LONGEST_LIFE_MS = 800;
const CONVERSATIONS_OF_A_CLIENT = 5;
const conversationIds = Array.from({ length: 20 }, (_, n) => `c${n}`);

const directory = mkdtempSync(join(tmpdir(), 'gateway-crash-'));
const clients: Client[] = [];
let contactCentre: ContactCentreProcess | undefined;
let gateway: GatewayProcess | undefined;

afterAll(async () => {
  // The sockets of the clients go with the gateway.
  await Promise.all([gateway?.dispose(), contactCentre?.kill()]);
  rmSync(directory, { recursive: true, force: true });
});

describe('a gateway that is killed again and again', () => {
  it('shows a client that resumes every acknowledged event once, in the order of the log', async () => {
    contactCentre = await ContactCentreProcess.start();
    gateway = new GatewayProcess({ ...contactCentre.settings, PORT: String(await portToKeep()), EVENT_LOG: `file:${directory}` });
    const urls = await gateway.start();
    const origins = await Promise.all(conversationIds.map((id) => latestCursor(urls, id)));
    const followed = Promise.all(followAll(gateway, urls, origins));

    const { gateway: all } = await query(urls, GatewayDocument, {});
    const feed = followFeed(gateway, urls, all.latestCursor);

    const posted = contactCentre.post({ webhookUrl: urls.webhookUrl, conversationIds, lanes: 32, perSecond: PER_SECOND });
    await Promise.race([killAgainAndAgain(gateway), failureOf(followed), failureOf(feed)]);
    contactCentre.finish();
    const [ledger, live, everything] = await Promise.all([posted, followed, feed]);
    const replayed = await Promise.all(followAll(gateway, urls, origins));

    const resumes = live.reduce((sum, one) => sum + one.resumes, 0);
    const seen = live.flatMap((one) => one.seen.map(({ id }) => id));
    console.log(
      `events posted ${ledger.events.length} (${Math.round(rateOf(ledger))}/s), all acknowledged in the end; requests ${ledger.tries}, of them sent again ` +
        `${ledger.tries - ledger.events.length}; answers ${JSON.stringify(ledger.answers)}; kills ${KILLS}; seen ${seen.length}, resumes ${resumes}`,
    );
    expect(resumes).toBeGreaterThanOrEqual(KILLS);
    expect(new Set(seen).size).toBe(seen.length);
    expect(everything.seen.map(({ id }) => id).toSorted()).toEqual(ledger.events.map(({ eventId }) => eventId).toSorted());
    expect(everything.resumes).toBeGreaterThanOrEqual(1);
    conversationIds.forEach((id, index) => {
      const acknowledged = ledger.events.filter(({ conversationId }) => conversationId === id).map(({ eventId }) => eventId);
      expect(live[index]?.seen.map((event) => event.id).toSorted()).toEqual(acknowledged.toSorted());
      expect(live[index]?.seen).toEqual(replayed[index]?.seen);
    });
  }, 180_000);
});

/** A few conversations to each client, and a new socket to each client. */
function followAll(running: GatewayProcess, { wsUrl }: GatewayUrls, origins: readonly string[]): ReturnType<typeof follow>[] {
  return conversationIds.map((id, index) => {
    if (index % CONVERSATIONS_OF_A_CLIENT === 0) clients.push(clientOf(wsUrl));
    const followed = { document: ConversationEventsDocument, variables: { id }, origin: origins[index] ?? '', endings: 1 };
    return follow(running, clients.at(-1) as Client, followed);
  });
}

/** All conversations over one subscription, and a socket of its own. */
function followFeed(running: GatewayProcess, { wsUrl }: GatewayUrls, origin: string): ReturnType<typeof follow> {
  const client = clientOf(wsUrl);
  clients.push(client);
  return follow(running, client, { document: AllConversationEventsDocument, variables: {}, origin, endings: conversationIds.length });
}

/** Always while events come in; the moments are what chance gives, so these waits wait for nothing else. */
async function killAgainAndAgain(running: GatewayProcess): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await after(SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS));
    await running.kill();
    await running.start();
  }
}

/** Never resolves; rejects as `promise` does. */
function failureOf(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    promise.catch(reject);
  });
}

function rateOf({ events, postedMs }: { readonly events: readonly unknown[]; readonly postedMs: number }): number {
  return events.length / (postedMs / 1000);
}

async function latestCursor(urls: GatewayUrls, id: string): Promise<string> {
  return (await query(urls, ConversationCursorDocument, { id })).conversation?.latestCursor ?? '';
}

async function query<T, V>({ graphqlUrl }: GatewayUrls, document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  return ((await response.json()) as { data: T }).data;
}
