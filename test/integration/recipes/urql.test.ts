import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from '../../support/browser.js';
import { describeExample, describeWith } from '../../support/needs.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';
import { CREATED, FollowedConversation } from '../followed-conversation.js';

/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 60_000;

describeExample('recipes', 'build:recipes')('urql', () => {
  describeWith('chromium', 'apt-get install chromium')('in a browser', inABrowser);
});

function inABrowser(): void {
  let browser: Browser;
  let gateway: RunningGateway;
  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await RunningGateway.start();
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  it(
    'shows a conversation with React, and goes on after the last event when the gateway was away',
    async () => {
      const { centre } = gateway.simulator;
      const conversation = await FollowedConversation.create(gateway);
      await conversation.expectNext(...CREATED);
      await conversation.stop();
      centre.agentAccepts(conversation.id);
      centre.agentSays(conversation.id, 'one');

      const { graphqlUrl, wsUrl, url } = gateway.addresses;
      // On a page of the gateway's own, so that it may ask it.
      const { page, faults } = await openPage(browser, `${url}/`, { bypassCSP: true });
      const subscribed: string[] = [];
      page.on('websocket', (socket) => {
        socket.on('framesent', ({ payload }) => {
          const sent = JSON.parse(payload.toString()) as { type: string; payload: { variables: { after: string } } };
          if (sent.type === 'subscribe') subscribed.push(sent.payload.variables.after);
        });
      });
      const built = readFileSync(new URL('../../../examples/recipes/dist/urql.js', import.meta.url), 'utf8');
      const show = `showThread(document.body, ...${JSON.stringify([graphqlUrl, wsUrl, conversation.id])});`;
      await page.addScriptTag({ type: 'module', content: `${built}\n${show}` });
      const shown = () => page.locator('li').allInnerTexts();
      await untilTrue(async () => (await shown()).length === 1 && subscribed.length === 1);
      centre.agentSays(conversation.id, 'two');
      await untilTrue(async () => (await shown()).length === 2);

      await gateway.gateway.close();
      centre.agentSays(conversation.id, 'three');
      await gateway.restart(Number(new URL(url).port));
      await untilTrue(async () => (await shown()).length === 3);
      expect(await shown()).toEqual(['one', 'two', 'three']);
      expect(subscribed.at(-1)).not.toBe(subscribed[0]);
      expect(faults.filter((fault) => !fault.includes('WebSocket'))).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );
}
