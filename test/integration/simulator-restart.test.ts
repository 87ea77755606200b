import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.js';
import { GatewayProcess, portToKeep } from '../support/crash/gateway-process.js';
import { describeExample, describeWith } from '../support/needs.js';
import { untilTrue } from '../support/until.js';
import { said, say, shown, status } from './chat-page.js';

/** Several restarts, and an agent who takes 1.6 s for each answer. */
const PATIENCE_MS = 120_000;

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

interface SentMessage {
  readonly id: string;
  readonly text: string;
  readonly author: { readonly type: string };
}

const OPEN = `mutation ($channel: ID!) { createConversation(input: { channelId: $channel, customer: { name: "Mia" } }) { cursor conversation { id } } }`;
const SEND = `mutation ($id: ID!, $text: String!, $key: String!) {
  sendMessage(input: { conversationId: $id, text: $text, sendAs: CUSTOMER, idempotencyKey: $key }) { userErrors { message } }
}`;
const READ = `query ($id: ID!) {
  conversation(id: $id) {
    state
    interactions(first: 20) { nodes { id } }
    messages(last: 100) { nodes { id text author { type } } }
    events(last: 100) { nodes { id ... on MessageAdded { message { id } } } }
  }
}`;

/** `npm start`, with the settings of the demo chat's page: those that there are without any. */
class Chat {
  #graphqlUrl = '';

  constructor(readonly gateway: GatewayProcess) {}

  async start(): Promise<void> {
    this.#graphqlUrl = (await this.gateway.start()).graphqlUrl;
  }

  get origin(): string {
    return new URL(this.#graphqlUrl).origin;
  }

  async ask(query: string, variables: object = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return (await (
      await fetch(this.#graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    ).json()) as Answer;
  }

  async open(): Promise<string> {
    const { data } = await this.ask('{ channels(first: 1) { nodes { id } } }');
    const channel = (data as { channels: { nodes: { id: string }[] } }).channels.nodes[0]?.id;
    const opened = await this.ask(OPEN, { channel });
    return (opened.data as { createConversation: { conversation: { id: string } } }).createConversation.conversation.id;
  }

  async read(id: string) {
    const { data, errors } = await this.ask(READ, { id });
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return (
      data as {
        conversation: {
          state: string;
          interactions: { nodes: { id: string }[] };
          messages: { nodes: SentMessage[] };
          events: { nodes: { id: string; message?: { id: string } }[] };
        };
      }
    ).conversation;
  }

  async texts(id: string): Promise<string[]> {
    return (await this.read(id)).messages.nodes.map(({ text }) => text);
  }

  /** As the demo chat does: under one key until there is an outcome; where that cannot be known, looks for the message, and sends it again only if it is not there. */
  async send(id: string, text: string): Promise<void> {
    for (let key = text; ; key = `${key}'`) {
      const answer = await this.ask(SEND, { id, text, key });
      if (answer.errors === undefined || (await this.texts(id)).includes(text)) return;
      if (answer.errors[0]?.extensions.code !== 'OUTCOME_UNKNOWN') throw new Error(JSON.stringify(answer.errors));
    }
  }
}

describe('the simulated contact centre of a gateway that is started again', () => {
  let directory: string;
  let chat: Chat;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'simulator-restart-'));
    chat = new Chat(new GatewayProcess({ PORT: String(await portToKeep()), EVENT_LOG: `file:${directory}` }));
    await chat.start();
  });
  afterEach(async () => {
    await chat.gateway.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    ['kill -9', () => chat.gateway.kill()],
    ['SIGTERM', () => chat.gateway.stop()],
  ] as const)(
    'loses and doubles nothing when it is ended by %s in mid-conversation, and agents go on with what they were about to do',
    async (_name, end) => {
      const id = await chat.open();
      const sent: string[] = [];
      let before: SentMessage[] = [];
      for (const round of [1, 2, 3]) {
        const acknowledged = `Is this number ${round}?`;
        await chat.send(id, acknowledged);
        // In the middle of sending, or before, or after: as it comes. And before anybody can have answered.
        const inFlight = `And at the end of round ${round}?`;
        await Promise.all([chat.ask(SEND, { id, text: inFlight, key: inFlight }).catch(() => null), end()]);
        sent.push(acknowledged, inFlight);
        await chat.start();
        const now = (await chat.read(id)).messages.nodes;
        expect(now.slice(0, before.length)).toEqual(before);
        expect(now.map(({ text }) => text)).toContain(acknowledged);
        await chat.send(id, inFlight);
        // An agent has joined, and answers what comes from then on.
        await untilTrue(async () => (await chat.texts(id)).some((text) => text.startsWith('Hello, Mia!')));
        before = (await chat.read(id)).messages.nodes;
      }
      const answersTo = (texts: readonly string[], question: string) =>
        texts.filter((text) => text.startsWith(`About “${question}”`)).length;
      const last = 'Is it over?';
      await chat.send(id, last);
      await untilTrue(async () => answersTo(await chat.texts(id), last) > 0);

      const { messages, interactions, events } = await chat.read(id);
      const texts = messages.nodes.map(({ text }) => text);
      expect(texts.filter((text) => [...sent, last].includes(text)).toSorted()).toEqual([...sent, last].toSorted());
      // What was written before an agent joined is answered by the greeting, and all the rest once.
      expect(sent.slice(2).map((text) => answersTo(texts, text))).toEqual(sent.slice(2).map(() => 1));
      expect(texts.filter((text) => text.startsWith('Hello, Mia!'))).toHaveLength(1);
      expect(interactions.nodes).toHaveLength(1);
      // What events said is what there is, each once.
      await untilTrue(async () => (await messageIdsOfEvents(id)).length >= messages.nodes.length);
      expect((await messageIdsOfEvents(id)).toSorted()).toEqual(messages.nodes.map((message) => message.id).toSorted());
      expect(new Set(events.nodes.map((event) => event.id)).size).toBe(events.nodes.length);
    },
    PATIENCE_MS,
  );

  const messageIdsOfEvents = async (id: string) => (await chat.read(id)).events.nodes.flatMap(({ message }) => message?.id ?? []);

  it(
    'keeps channels, and files, for their owner alone',
    async () => {
      const channels = '{ channels(first: 10) { nodes { id name } } }';
      const file = `query ($id: ID!) { conversation(id: $id) { messages(last: 3) { nodes { attachments { filename url } } } } }`;
      const id = await chat.open();
      await untilTrue(async () => (await chat.texts(id)).some((text) => text.startsWith('Hello, Mia!')));
      await chat.send(id, 'Please send me a file');
      await untilTrue(async () => (await chat.texts(id)).includes('Here is what we have written so far.'));
      const kept = await chat.ask(channels);
      await chat.gateway.kill();
      await chat.start();
      expect(await chat.ask(channels)).toEqual(kept);
      const { data } = await chat.ask(file, { id });
      const attachments = (
        data as { conversation: { messages: { nodes: { attachments: { filename: string; url: string }[] }[] } } }
      ).conversation.messages.nodes.flatMap((node) => node.attachments);
      expect(attachments.map(({ filename }) => filename)).toEqual(['summary.txt']);
      const content = await (await fetch(attachments[0]?.url ?? '')).text();
      expect(content).toContain('Please send me a file');
      expect(statSync(join(directory, 'simulator.db')).mode & 0o777).toBe(0o600);
    },
    PATIENCE_MS,
  );

  describeExample('web-chat', 'build:chat')('under the demo chat', () => {
    describeWith('chromium', 'apt-get install chromium')('in a browser', () => {
      let browser: Browser;
      beforeAll(async () => {
        browser = await openBrowser();
      }, PATIENCE_MS);
      afterAll(() => browser.close());

      it(
        'goes on with the conversation, in which the customer has written meanwhile',
        async () => {
          const { page } = await openPage(browser, `${chat.origin}/demo/`);
          await page.getByLabel('Your name').fill('Mia');
          await page.getByRole('button', { name: 'Start chat' }).click();
          await said(page, 'Hello, Mia!').waitFor();
          await say(page, 'Are you there?');
          await said(page, 'Are you there?').waitFor();
          // Before the agent has answered.
          await chat.gateway.kill();
          await status(page, 'Offline');
          await say(page, 'Are you still there?');
          await chat.start();
          await said(page, 'About “Are you still there?”').waitFor();
          await said(page, 'About “Are you there?”').waitFor();
          await page.locator('.pending').waitFor({ state: 'detached' });
          const texts = await shown(page);
          expect(texts.filter((text) => text === 'Are you there?' || text === 'Are you still there?')).toEqual([
            'Are you there?',
            'Are you still there?',
          ]);
          expect(new Set(texts).size).toBe(texts.length);
        },
        PATIENCE_MS,
      );
    });
  });
});
