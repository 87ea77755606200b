import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../../support/browser.js';
import type { KillableGateway } from '../../support/killable-gateway.js';
import { describeExample, describeWith } from '../../support/needs.js';
import { untilTrue } from '../../support/until.js';
import type { Access } from './trials/clients.js';
import { TIMING } from './trials/timing.js';
import { startGateway, Trial } from './trials/trial.js';

/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 60_000;

describeExample('recipes', 'build:recipes')('urql', () => {
  describeWith('chromium', 'apt-get install chromium')('in a browser', inABrowser);
});

/** The trials of all recipes (trials.test.ts), with React in a page of the gateway's own. */
function inABrowser(): void {
  let browser: Browser;
  let gateway: KillableGateway;
  let trial: Trial;
  let page: Page;
  let subscribed: string[];
  let faults: string[];
  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await startGateway();
  }, PATIENCE_MS);
  beforeEach(async () => {
    trial = await Trial.begin(gateway);
  });
  afterEach(async () => {
    await trial.end();
    await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  /** Opens the recipe on a page of the gateway, so that it may ask it. */
  async function open({ graphqlUrl, wsUrl, token }: Access, id: string) {
    ({ page, faults } = await openPage(browser, new URL('/', graphqlUrl).href, { bypassCSP: true }));
    subscribed = [];
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const sent = JSON.parse(payload.toString()) as { type: string; payload: { variables: { after: string } } };
        if (sent.type === 'subscribe') subscribed.push(sent.payload.variables.after);
      });
    });
    await page.exposeFunction('freshToken', token);
    // The page's own lists would be taken for the recipe's until React has replaced them.
    await page.evaluate('document.body.replaceChildren()');
    const built = readFileSync(new URL('../../../examples/recipes/dist/urql.js', import.meta.url), 'utf8');
    const options = JSON.stringify({ url: wsUrl, ...TIMING });
    const show = `globalThis.show = showThread(document.body, ${JSON.stringify(graphqlUrl)}, { ...${options}, token: freshToken }, ${JSON.stringify(id)});`;
    await page.addScriptTag({ type: 'module', content: `${built}\n${show}` });
    return { texts: () => page.locator('li').allInnerTexts(), stop: () => Promise.resolve() };
  }

  it(
    'goes on after the last event when the gateway was killed with -9',
    async () => {
      await trial.follow(open);
      await gateway.kill();
      trial.say('meanwhile');
      await gateway.startAgain();
      await trial.isShown();
      expect(subscribed.at(-1)).not.toBe(subscribed[0]);
      expect(faults.filter((fault) => !/WebSocket|net::ERR_/.test(fault))).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'reconnects after an absence of many tries',
    async () => {
      await trial.follow(open);
      trial.wire.answerWith(503);
      trial.say('meanwhile');
      const before = trial.wire.attempts;
      await untilTrue(() => trial.wire.attempts > before + 6);
      await trial.wire.stop();
      await pause(1_000);
      await trial.wire.start();
      await trial.isShown();
    },
    PATIENCE_MS,
  );

  it(
    'notices that its connection is dead',
    async () => {
      await trial.follow(open);
      trial.wire.fallSilent();
      trial.say('meanwhile');
      const before = trial.wire.attempts;
      await untilTrue(() => trial.wire.attempts > before + 1);
      trial.wire.carryNew();
      await trial.isShown();
    },
    PATIENCE_MS,
  );

  it(
    'reconnects with a fresh token',
    async () => {
      trial.expireIn(5);
      await trial.follow(open);
      await untilTrue(() => trial.renewals > 0);
      trial.say('again');
      await trial.isShown();
    },
    PATIENCE_MS,
  );

  it(
    'begins again on CURSOR_EXPIRED',
    async () => {
      await trial.follow(open);
      await trial.wire.stop();
      await trial.erase();
      trial.say('meanwhile');
      await trial.wire.start();
      await trial.isShown();
      trial.say('again');
      await trial.isShown();
    },
    PATIENCE_MS,
  );

  it(
    'shows nothing of one conversation in another',
    async () => {
      await trial.follow(open);
      const other = await Trial.begin(gateway);
      await page.evaluate(`show(${JSON.stringify(other.id)})`);
      await untilTrue(async () => (await page.locator('li').allInnerTexts()).length === 1);
      other.say('of the other');
      await untilTrue(async () => (await page.locator('li').allInnerTexts()).length > 1);
      expect(await page.locator('li').allInnerTexts()).toEqual(['before', 'of the other']);
      await other.end();
    },
    PATIENCE_MS,
  );
}
