import type { Browser, Route } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { describeWith } from '../support/needs.js';
import { SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { note, openChat, said, say, shown, status } from './chat-page.js';

/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 120_000;
/** What a browser says itself when there is nobody at the other end. */
const CONNECTION_LOST = /net::ERR_|WebSocket/;

/** The variables with which a request asks for an operation; undefined: it asks for another. */
const asking = (operation: string, route: Route): unknown => {
  const { operationName, variables } = route.request().postDataJSON() as { operationName: string; variables: unknown };
  return operationName === operation ? variables : undefined;
};

describe('the demo chat that is built into the gateway', () => {
  describeWith('chromium', 'apt-get install chromium')('in a browser', inABrowser);
});

function inABrowser(): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, PATIENCE_MS);
  afterAll(() => browser.close());

  describe('with agents who answer', () => {
    let gateway: KillableGateway;
    beforeAll(async () => {
      gateway = await KillableGateway.start({ agents: 'scripted', agentDelays: { acceptMs: 100, noticeMs: 20, typingMs: 100 } });
    });
    afterAll(() => gateway.stop());

    it(
      'plays a whole conversation: answers, files, a transfer, the end and a new beginning',
      async () => {
        const { page, faults } = await openChat(browser, gateway);
        await note(page, /has joined/).waitFor();
        await said(page, 'Hello, Mia!').waitFor();
        await status(page, 'is with you');

        await page.getByRole('button', { name: 'Please send me a file' }).click();
        await page.getByRole('link', { name: 'summary.txt' }).waitFor();
        await page.getByLabel('Send a file').setInputFiles({ name: 'order.txt', mimeType: 'text/plain', buffer: Buffer.from('4711') });
        await page.getByRole('link', { name: 'order.txt' }).waitFor();
        await said(page, 'Thank you, I have it here').waitFor();
        await say(page, 'My order is 4711');
        await said(page, 'I have 4711 open here').waitFor();

        await say(page, 'I need a transfer');
        await note(page, /transferred/).waitFor();
        await note(page, /has joined/)
          .nth(1)
          .waitFor();
        await status(page, 'is with you');
        await said(page, /This is \w+ from/)
          .nth(1)
          .waitFor();
        await say(page, 'bye');
        await note(page, /has ended/).waitFor();
        await status(page, 'Ended');

        await say(page, 'One more thing');
        await said(page, 'Welcome back, Mia!').waitFor();
        await status(page, 'is with you');
        expect(await page.locator('.interaction').count()).toBe(2);
        await page.getByRole('button', { name: 'End chat' }).click();
        await status(page, 'Ended');

        const [conversation] = gateway.simulator.centre.conversations();
        const written = conversation?.messages.map(({ text }) => text).filter((text) => text !== '') ?? [];
        expect(await shown(page)).toEqual(written);
        expect(faults).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );

    it(
      'says that the gateway is unreachable even if it was never reached, and begins once it is',
      async () => {
        const { page, faults } = await openPage(browser, `${new URL(gateway.urls.graphqlUrl).origin}/demo/`);
        await page.route('**/graphql', (route) => (asking('Conversation', route) === undefined ? route.continue() : route.abort()));
        await page.getByLabel('Your name').fill('Mia');
        await page.getByRole('button', { name: 'Start chat' }).click();
        await status(page, 'Offline');
        await page.unroute('**/graphql');
        await said(page, 'Hello, Mia!').waitFor();
        await page.getByText('Offline').waitFor({ state: 'detached' });
        expect(faults.filter((fault) => !CONNECTION_LOST.test(fault))).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );
  });

  describe('over a gateway that is killed', () => {
    let gateway: KillableGateway;
    beforeEach(async () => {
      gateway = await KillableGateway.start();
    });
    afterEach(() => gateway.stop());

    it(
      'shows what happens on the other side: nobody there yet, somebody types; and there, that the customer types',
      async () => {
        const { centre } = gateway.simulator;
        const { page, faults } = await openChat(browser, gateway);
        const [conversation] = centre.conversations();
        const id = conversation?.id ?? '';
        await status(page, 'Waiting for someone to join');
        centre.agentAccepts(id);
        await status(page, 'is with you');
        const typing = page.getByText('is typing…');
        centre.agentTypes(id, true);
        await typing.waitFor();
        centre.agentTypes(id, false);
        await typing.waitFor({ state: 'detached' });
        centre.agentTypes(id, true);
        await typing.waitFor();
        centre.agentSays(id, 'Hello');
        await said(page, 'Hello').waitFor();
        await typing.waitFor({ state: 'detached' });

        const typingCalls = () =>
          gateway.simulator.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/typing')).length;
        await page.getByRole('textbox', { name: 'Your message' }).pressSequentially('I am');
        await untilTrue(() => typingCalls() > 0);
        // Not at each stroke, and not to the customer itself.
        expect(typingCalls()).toBe(1);
        expect(await typing.count()).toBe(0);
        expect(faults).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );

    it(
      'serves a customer with a token, on the channel that the page is opened with',
      async () => {
        const guarded = await KillableGateway.start({}, { AUTH: 'jwt', AUTH_SECRET: SECRET });
        const { centre, channelIds } = guarded.simulator;
        const [, channel = ''] = channelIds;
        const token = await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' });
        const { page, faults } = await openChat(browser, guarded, {}, `#token=${token}&channel=${channel}`);
        const [conversation] = centre.conversations();
        const id = conversation?.id ?? '';
        expect(conversation?.channelId).toBe(channel);
        centre.agentAccepts(id);
        centre.agentSays(id, 'Hello');
        await said(page, 'Hello').waitFor();
        await say(page, 'Hello to you');
        await said(page, 'Hello to you').waitFor();
        await page.locator('.pending').waitFor({ state: 'detached' });
        expect(faults).toEqual([]);
        await page.context().close();
        await guarded.stop();
      },
      PATIENCE_MS,
    );

    it(
      'opens one conversation however often it is tried, and another one under another name',
      async () => {
        const { page, faults } = await openPage(browser, `${new URL(gateway.urls.graphqlUrl).origin}/demo/`);
        const asked: { input: { idempotencyKey: string; customer: { name: string } } }[] = [];
        let answersComeThrough = false;
        await page.route('**/graphql', async (route) => {
          const variables = asking('CreateConversation', route);
          if (variables === undefined) return route.continue();
          asked.push(variables as (typeof asked)[number]);
          if (answersComeThrough) return route.continue();
          // Done and answered, and the answer does not come through.
          await route.fetch();
          return route.abort();
        });
        const start = async (name: string) => {
          const tries = asked.length;
          await page.getByLabel('Your name').fill(name);
          await page.getByRole('button', { name: 'Start chat' }).click();
          await untilTrue(() => asked.length > tries);
        };
        await start('Mia');
        await page.getByRole('alert').filter({ hasText: 'is unreachable right now' }).waitFor();
        await start('Mia');
        await page.getByRole('button', { name: 'Start chat' }).waitFor();
        // Not the browser's memory of the page, but the page's own.
        await page.reload();
        await start('Mia');
        await page.getByRole('button', { name: 'Start chat' }).waitFor();
        expect(gateway.simulator.centre.conversations()).toHaveLength(1);
        await start('Bob');
        await page.getByRole('button', { name: 'Start chat' }).waitFor();
        expect(gateway.simulator.centre.conversations()).toHaveLength(2);
        answersComeThrough = true;
        await start('Bob');
        await page.getByRole('textbox', { name: 'Your message' }).waitFor();
        expect(gateway.simulator.centre.conversations()).toHaveLength(2);
        const keys = asked.map(({ input }) => input.idempotencyKey);
        expect(keys).toEqual([keys[0], keys[0], keys[0], keys[3], keys[3]]);
        expect(keys[3]).not.toBe(keys[0]);
        expect(faults.filter((fault) => !CONNECTION_LOST.test(fault))).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );

    it(
      'says when it cannot be known whether a conversation was opened, and opens another one when it is wanted',
      async () => {
        const { holdPoints, centre } = gateway.simulator;
        const { page, faults } = await openPage(browser, `${new URL(gateway.urls.graphqlUrl).origin}/demo/`);
        const start = () => page.getByRole('button', { name: 'Start chat' }).click();
        const request = holdPoints.hold('request', ({ method, path }) => method === 'POST' && path.endsWith('/conversations'));
        await page.getByLabel('Your name').fill('Mia');
        await start();
        await request.arrived;
        await gateway.kill();
        await page.getByRole('alert').filter({ hasText: 'is unreachable right now' }).waitFor();
        await gateway.startAgain();
        // The name is still there: nothing that somebody wrote is lost.
        expect(await page.getByLabel('Your name').inputValue()).toBe('Mia');
        await start();
        await page.getByRole('alert').filter({ hasText: 'may not have been opened' }).waitFor();
        expect(centre.conversations()).toHaveLength(0);
        request.release();
        await start();
        await page.getByRole('textbox', { name: 'Your message' }).waitFor();
        expect(faults.filter((fault) => !CONNECTION_LOST.test(fault))).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );

    it(
      'loses and doubles nothing when the gateway is killed in mid-conversation, again and again, and when the network goes away',
      async () => {
        const { centre } = gateway.simulator;
        const { page, faults } = await openChat(browser, gateway);
        const [conversation] = centre.conversations();
        if (conversation === undefined) throw new Error('the contact centre has no conversation');
        centre.agentAccepts(conversation.id);
        const written = () => centre.conversation(conversation.id).messages.map(({ text }) => text);
        centre.agentSays(conversation.id, 'Hello');
        await said(page, 'Hello').waitFor();

        for (const crash of ['first', 'second', 'third']) {
          await say(page, `customer, before the ${crash} crash`);
          // In the middle of sending, or before, or after: as it comes.
          await Promise.all([say(page, `customer, at the ${crash} crash`), gateway.kill()]);
          await status(page, 'Offline');
          await say(page, `customer, during the ${crash} crash`);
          centre.agentSays(conversation.id, `agent, during the ${crash} crash`);
          await gateway.startAgain();
          centre.agentSays(conversation.id, `agent, after the ${crash} crash`);
          await said(page, `customer, during the ${crash} crash`).waitFor();
          await said(page, `agent, after the ${crash} crash`).waitFor();
        }

        await page.context().setOffline(true);
        await say(page, 'customer, without a network');
        centre.agentSays(conversation.id, 'agent, to somebody without a network');
        await page.context().setOffline(false);
        await said(page, 'customer, without a network').waitFor();
        await said(page, 'agent, to somebody without a network').waitFor();

        await untilTrue(async () => {
          // The gateway was killed between noting the key and sending: it cannot know, and has not shown up.
          const unsure = page.getByRole('button', { name: 'Send again' });
          if ((await unsure.count()) > 0) await unsure.first().click();
          return (await page.locator('.pending').count()) === 0;
        });
        await untilTrue(async () => (await shown(page)).length >= written().length);
        const texts = await shown(page);
        expect(texts.toSorted()).toEqual(written().toSorted());
        expect(new Set(texts).size).toBe(texts.length);
        // And the same once more, as read afresh, where the first answer does not come through.
        await page.route('**/graphql', (route) => route.abort(), { times: 1 });
        await page.reload();
        await untilTrue(async () => (await shown(page)).length >= written().length);
        expect((await shown(page)).toSorted()).toEqual(written().toSorted());
        expect(faults.filter((fault) => !CONNECTION_LOST.test(fault))).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );

    it(
      'sends a message again under its key, and where the gateway cannot know what became of it, looks for it and leaves the rest to the customer',
      async () => {
        const { centre, holdPoints } = gateway.simulator;
        const { page, faults } = await openChat(browser, gateway);
        const [conversation] = centre.conversations();
        if (conversation === undefined) throw new Error('the contact centre has no conversation');
        const written = () => centre.conversation(conversation.id).messages.map(({ text }) => text);
        const isSending = ({ method, path }: { method: string; path: string }) => method === 'POST' && path.endsWith('/messages');
        const sent: unknown[] = [];
        await page.route('**/graphql', async (route) => {
          const variables = asking('SendMessage', route);
          if (variables !== undefined) sent.push(variables);
          if (variables === undefined || sent.length > 1) return route.continue();
          // Done and answered, and the answer does not come through.
          await route.fetch();
          await gateway.kill();
          return route.abort();
        });

        // Else the page hears that it has arrived, and has nothing to send again.
        const event = holdPoints.hold('event');
        await say(page, 'answered to nobody');
        await status(page, 'Offline');
        await gateway.startAgain();
        await page.locator('.pending[data-status=sent]').waitFor();
        event.release();
        await said(page, 'answered to nobody').waitFor();
        await page.locator('.pending').waitFor({ state: 'detached' });
        expect(sent.length).toBeGreaterThan(1);
        expect(sent).toEqual(sent.map(() => ({ input: expect.objectContaining({ idempotencyKey: expect.any(String) }) })));
        expect(new Set(sent.map((variables) => JSON.stringify(variables))).size).toBe(1);

        const reply = holdPoints.hold('reply', isSending);
        await say(page, 'taken, and the gateway is gone');
        await reply.arrived;
        await gateway.kill();
        reply.release();
        await gateway.startAgain();
        await said(page, 'taken, and the gateway is gone').waitFor();
        await page.locator('.pending').waitFor({ state: 'detached' });

        const request = holdPoints.hold('request', isSending);
        await say(page, 'slower than the gateway');
        await request.arrived;
        await gateway.kill();
        await gateway.startAgain();
        await page.getByText('Delivery unconfirmed.').waitFor();
        request.release();
        await said(page, 'slower than the gateway').waitFor();
        await page.locator('.pending').waitFor({ state: 'detached' });

        expect(written()).toEqual(['answered to nobody', 'taken, and the gateway is gone', 'slower than the gateway']);
        expect(await shown(page)).toEqual(written());
        expect(faults.filter((fault) => !CONNECTION_LOST.test(fault))).toEqual([]);
        await page.context().close();
      },
      PATIENCE_MS,
    );
  });
}
