import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../../support/browser.js';
import { KillableGateway } from '../../support/killable-gateway.js';
import { describeWith } from '../../support/needs.js';
import { untilTrue } from '../../support/until.js';

/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 120_000;

describeWith('chromium', 'apt-get install chromium')('useConversation in a browser, in StrictMode', () => {
  let browser: Browser;
  let gateway: KillableGateway;
  let bundle: string;
  let page: Page;
  let faults: string[];
  let subscribes: string[];

  beforeAll(async () => {
    const built = await build({
      entryPoints: [fileURLToPath(new URL('./react-page/page.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'esm',
      define: { 'process.env.NODE_ENV': '"development"' },
    });
    bundle = built.outputFiles[0]?.text ?? '';
    browser = await openBrowser();
    gateway = await KillableGateway.start();
  }, PATIENCE_MS);
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  function conversationSaying(...texts: string[]): string {
    const { centre, channelId } = gateway.simulator;
    const { id } = centre.create({ channelId, customer: { fields: {}, additionalProperties: [] }, history: [], assignment: null });
    centre.agentAccepts(id);
    for (const text of texts) centre.agentSays(id, text);
    return id;
  }

  async function open(id: string): Promise<void> {
    ({ page, faults } = await openPage(browser, new URL('/', gateway.urls.graphqlUrl).href, { bypassCSP: true }));
    subscribes = [];
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const { type, payload: operation } = JSON.parse(payload.toString()) as {
          type: string;
          payload?: { query: string; variables: { id: string } };
        };
        if (type === 'subscribe' && operation?.query.startsWith('subscription')) subscribes.push(operation.variables.id);
      });
    });
    await page.evaluate(`url = ${JSON.stringify(gateway.urls.wsUrl)}; first = ${JSON.stringify(id)}; document.body.replaceChildren()`);
    await page.addScriptTag({ type: 'module', content: bundle });
  }

  const shown = () => page.locator('ul').first().locator('li').allInnerTexts();

  it(
    'shows one conversation in two components over one subscription, and sends once',
    async () => {
      const id = conversationSaying('one');
      await open(id);
      await untilTrue(async () => (await shown()).length === 1);
      gateway.simulator.centre.agentSays(id, 'two');
      await untilTrue(async () => (await shown()).length === 2);
      await page.getByRole('button', { name: 'Send' }).first().click();
      await untilTrue(async () => (await shown()).length === 3);
      await page.locator('ol > li').first().waitFor({ state: 'detached' });
      expect(await shown()).toEqual(['one', 'two', 'from the page']);
      expect(await page.locator('ul').nth(1).locator('li').allInnerTexts()).toEqual(await shown());
      expect(gateway.simulator.centre.conversation(id).messages.map(({ text }) => text)).toEqual(['one', 'two', 'from the page']);
      expect(subscribes).toEqual([id]);
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'shows nothing of one conversation in another, in no render, however quickly the id changes',
    async () => {
      const ids = [conversationSaying('of A'), conversationSaying('of B'), conversationSaying('of C')];
      const [a = '', b = '', c = ''] = ids;
      await open(a);
      await untilTrue(async () => (await shown()).length === 1);
      // B is left before it has answered.
      await page.evaluate(`show(${JSON.stringify(b)}); setTimeout(() => show(${JSON.stringify(c)}), 0)`);
      await untilTrue(async () => (await shown())[0] === 'of C');
      gateway.simulator.centre.agentSays(a, 'of A, later');
      gateway.simulator.centre.agentSays(b, 'of B, later');
      gateway.simulator.centre.agentSays(c, 'of C, later');
      await untilTrue(async () => (await shown()).length === 2);
      expect(await shown()).toEqual(['of C', 'of C, later']);
      const renders = await page.evaluate<string[]>('renders');
      const own = new Map([
        [a, 'A'],
        [b, 'B'],
        [c, 'C'],
      ]);
      for (const render of renders) {
        const [id = '', texts = ''] = render.split(': ');
        expect(texts === '' || texts.split(',').every((text) => text.trim() === 'later' || text === `of ${own.get(id)}`)).toBe(true);
      }
      await page.evaluate(`show(${JSON.stringify(a)})`);
      await untilTrue(async () => (await shown()).length === 2);
      expect(await shown()).toEqual(['of A', 'of A, later']);
      expect(faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'says that a conversation is gone',
    async () => {
      await open('nothing-of-this-id');
      await page.waitForFunction('document.title === "gone 0"');
      expect(await shown()).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'resumes after the gateway was killed, and delivers what was sent meanwhile',
    async () => {
      const id = conversationSaying('one');
      await open(id);
      await untilTrue(async () => (await shown()).length === 1);
      await gateway.kill();
      await page.getByRole('button', { name: 'Send' }).first().click();
      await page.locator('ol > li').first().waitFor();
      gateway.simulator.centre.agentSays(id, 'meanwhile');
      await gateway.startAgain();
      await untilTrue(async () => (await shown()).length === 3);
      expect((await shown()).toSorted()).toEqual(['from the page', 'meanwhile', 'one']);
      await page.locator('ol > li').first().waitFor({ state: 'detached' });
    },
    PATIENCE_MS,
  );
});
