import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import type { Browser, Page } from 'playwright-core';
import { buildSchema } from '../../src/resolvers/build-schema.js';
import { firstSteps } from '../../src/transport/explorer/first-steps.js';
import type { AuthSettings } from '../../src/config.js';
import { run } from '../support/command.js';
import { SECRET, WITH_SECRET, signed } from '../support/tokens.js';
import { dataAs } from './access-client.js';
import { openBrowser, openPage, seriousAccessibilityFaults } from '../support/browser.js';
import { describeWith } from '../support/needs.js';
import { RunningGateway } from '../support/running-gateway.js';
import { createConversation } from './followed-conversation.js';

/** `SCREENSHOTS=docs/images` keeps what the start page and the IDE look like. */
const SCREENSHOTS = process.env['SCREENSHOTS'];
const LOOKS = [
  { name: 'phone', viewport: { width: 390, height: 844 } },
  { name: 'desktop', viewport: { width: 1280, height: 800 } },
].flatMap((size) => (['light', 'dark'] as const).map((colorScheme) => ({ ...size, colorScheme })));

let gateway: RunningGateway;
let start: string;
beforeAll(async () => {
  gateway = await RunningGateway.start();
  start = `${gateway.addresses.url}/`;
});
afterAll(() => gateway.stop());

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe('the first steps', () => {
  it('are good operations', () => {
    for (const { query } of firstSteps(null)) expect(validate(buildSchema(), parse(query))).toEqual([]);
  });

  it("begin with the README's first query", () => {
    const first = firstSteps(null)[0]?.query.replace(/\s+/g, ' ').trim();
    expect(/"query":\s*"(.*?[^\\])"/.exec(readFileSync(root('README.md'), 'utf8'))?.[1]).toBe(first);
  });
});

describe('the start page', () => {
  it('points Apollo Sandbox at this gateway', async () => {
    const page = await (await fetch(start)).text();
    const link = /href="(https:\/\/studio\.apollographql\.com[^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
      endpoint: gateway.addresses.graphqlUrl,
      subscriptionEndpoint: gateway.addresses.wsUrl,
      document: firstSteps(null)[0]?.query,
    });
  });

  it('names where webhooks are received', async () => {
    expect(await (await fetch(start)).text()).toContain(gateway.addresses.webhookUrl);
  });

  it.each(['/ide/../package.json', '/ide/..%2fpackage.json', '/ide/%2e%2e/%2e%2e/package.json', '/ide/nothing.js', '/ide//etc/passwd'])(
    'serves no %s',
    async (path) => {
      expect((await fetch(new URL(path, start))).status).toBe(404);
    },
  );
});

it('serves none of it in production', async () => {
  const production = await RunningGateway.start({ config: { production: true } });
  for (const path of [
    '/',
    '/ide',
    '/ide/',
    '/ide/main.js',
    '/ide/first-steps.js',
    '/demo',
    '/demo/',
    '/start-page/status',
    '/_sim/state',
    '/_sim/events',
  ]) {
    const response = await fetch(`${production.addresses.url}${path}`);
    expect([path, response.status, await response.json()]).toEqual([path, 404, { error: 'There is nothing here.' }]);
  }
  await production.stop();
});

/** The code that a button lies over, or would if it were scrolled. */
const COVERED_SNIPPETS = `[...document.querySelectorAll('.snippet')].filter((box) => {
  const [code, button] = ['pre', 'button'].map((name) => box.querySelector(name).getBoundingClientRect());
  return code.left < button.right && button.left < code.right && code.top < button.bottom && button.top < code.bottom;
}).map((box) => box.textContent)`;

/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 60_000;

describe('the start page where requests need a token', () => {
  const page = async (auth: AuthSettings) => {
    const guarded = await RunningGateway.start({ config: { auth } });
    const html = await (await fetch(guarded.addresses.url)).text();
    return { guarded, html };
  };

  it('shows working commands that create one', async () => {
    const { guarded, html } = await page(WITH_SECRET);
    const commands = [...html.matchAll(/npx chat-graphql-gateway (token .*?)(?=\n|<)/g)].map((match) => (match[1] ?? '').split(' '));
    const viewers = [];
    for (const command of commands) {
      const { stdout, stderr } = await run(command, { AUTH_SECRET: SECRET });
      expect(stderr).toBe('');
      viewers.push(await dataAs(guarded, stdout.trim(), '{ viewer { role } }'));
    }
    expect(viewers).toEqual([{ role: 'ADMIN' }, { role: 'CUSTOMER' }]);
    await guarded.stop();
  });

  it('names no secret if there is none', async () => {
    const { guarded, html } = await page({ ...WITH_SECRET, secret: null, jwksUrl: 'https://issuer.example/jwks' });
    expect(html).toContain('identity provider');
    expect(html).not.toContain('AUTH_SECRET');
    await guarded.stop();
  });
});

describeWith('chromium', 'apt-get install chromium')('in a browser without a network', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, PATIENCE_MS);
  afterAll(() => browser.close());

  const activeTab = (page: Page, name: string) => page.locator('.window-switcher__item--active').getByText(name, { exact: true });
  const follow = async (page: Page, conversation: string, after: string) => {
    await page.locator('.window-switcher__item').getByText('Follow', { exact: true }).click();
    await activeTab(page, 'Follow').waitFor();
    await page
      .getByText(/^\s*variables\s*$/i)
      .filter({ visible: true })
      .click();
    const variables = page.locator('.cm-content').filter({ hasText: 'the id of Open', visible: true });
    await variables.fill(JSON.stringify({ conversation, after }));
    await page.getByRole('button', { name: 'Send Request' }).click();
  };
  const screenshot = (name: string) => (SCREENSHOTS === undefined ? null : { path: join(root(SCREENSHOTS), `${name}.png`) });
  if (SCREENSHOTS !== undefined) mkdirSync(root(SCREENSHOTS), { recursive: true });

  it.each(LOOKS)(
    'the start page is sound on a $name, $colorScheme',
    async ({ name, viewport, colorScheme }) => {
      const { page, faults } = await openPage(browser, start, { viewport, colorScheme });
      expect(await page.title()).toBe('chat-graphql-gateway');
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await page.evaluate(COVERED_SNIPPETS)).toEqual([]);
      const image = screenshot(`start-page-${name}-${colorScheme}`);
      if (image !== null) await page.screenshot(image);
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the start page shows what happens while it is open',
    async () => {
      const { page, faults } = await openPage(browser, start);
      const tile = (name: string) => page.locator('.status li').filter({ hasText: name });
      const { id } = await createConversation(gateway);
      gateway.simulator.centre.agentAccepts(id);
      gateway.simulator.centre.agentSays(id, 'Nobody reads this on the start page');
      await tile('Last event').getByText('Message added').waitFor();
      await tile('Webhooks')
        .getByText(/accepted/)
        .waitFor();
      await tile('Contact centre').getByText('Healthy').waitFor();
      await fetch(gateway.addresses.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"forged":true}',
      });
      await tile('Webhooks')
        .getByText(/1 rejected/)
        .waitFor();
      expect(await page.content()).not.toContain('Nobody reads this');
      expect(gateway.log.lines.filter(({ fields }) => fields['path'] === '/start-page/status')).toEqual([]);
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the start page says that the gateway is gone, and shows its status once it is back',
    async () => {
      const { page } = await openPage(browser, start);
      const isGone = page.getByText('The gateway cannot be reached');
      await page.route('**/start-page/status', (route) => route.abort());
      await isGone.waitFor();
      await page.unroute('**/start-page/status');
      await isGone.waitFor({ state: 'hidden' });
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the start page copies its snippets',
    async () => {
      const { page, faults } = await openPage(browser, start, { permissions: ['clipboard-read', 'clipboard-write'] });
      await page.getByRole('button', { name: 'Copy: Operation: List the channels.' }).click();
      await page.getByText('Copied').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(firstSteps(null)[0]?.query.trimEnd());
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the demo chat that is built in opens from it',
    async () => {
      const { page, faults } = await openPage(browser, start);
      await page.getByRole('link', { name: 'Demo chat' }).click();
      await page.getByRole('button', { name: 'Start chat' }).waitFor();
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the IDE begins with the first query, and runs it',
    async () => {
      const { page, faults } = await openPage(browser, start);
      await page.getByRole('link', { name: 'GraphQL IDE' }).click();
      await activeTab(page, 'Channels').waitFor();
      await page.getByRole('button', { name: 'Send Request' }).click();
      await page.locator('app-query-result .cm-content').filter({ hasText: '"channels"' }).filter({ hasText: '"name"' }).waitFor();
      const image = screenshot('ide-query');
      if (image !== null) await page.screenshot(image);
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the IDE has the schema without being asked to load it, and a window for the inbox',
    async () => {
      await createConversation(gateway);
      const { page, faults } = await openPage(browser, `${start}ide/`);
      await activeTab(page, 'Channels').waitFor();
      await page.getByRole('button', { name: 'Docs', exact: true }).click();
      await page.locator('app-doc-viewer').getByText('Query', { exact: true }).filter({ visible: true }).first().waitFor();
      await page.locator('.window-switcher__item').getByText('Inbox', { exact: true }).click();
      await activeTab(page, 'Inbox').waitFor();
      await page.getByRole('button', { name: 'Send Request' }).click();
      await page.locator('app-query-result .cm-content').filter({ hasText: '"unreadCount"', visible: true }).waitFor();
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'the demo chat says that it needs a token where it has none, before it opens a conversation and when it returns to one',
    async () => {
      const guarded = await RunningGateway.start({ config: { auth: WITH_SECRET } });
      const { page } = await openPage(browser, `${guarded.addresses.url}/demo/#channel=${guarded.simulator.channelId}`);
      await page.getByRole('button', { name: 'Start chat' }).click();
      await page.getByRole('alert').getByText('needs a valid token').waitFor();
      const image = screenshot('demo-without-token');
      if (image !== null) await page.screenshot(image);
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      await page.evaluate(`localStorage.setItem('chat.conversation', 'some-id')`);
      await page.reload();
      await page.getByRole('status').getByText('needs a valid token').waitFor();
      await page.context().close();
      await guarded.stop();
    },
    PATIENCE_MS,
  );

  it(
    'with a token the IDE asks and subscribes under it, and keeps it nowhere',
    async () => {
      const guarded = await RunningGateway.start({ config: { auth: WITH_SECRET } });
      const { page, faults } = await openPage(browser, `${guarded.addresses.url}/`);
      await page.getByRole('heading', { name: 'Get a token' }).waitFor();
      const image = screenshot('start-page-token');
      if (image !== null) await page.screenshot(image);
      expect(await seriousAccessibilityFaults(page)).toEqual([]);

      const token = await signed({ scope: 'chat:admin', sub: 'developer' });
      const created =
        'mutation($c: ID!) { createConversation(input: { channelId: $c, customer: {} }) { cursor conversation { conversationId } } }';
      const { cursor, conversation } = await dataAs<{ cursor: string; conversation: { conversationId: string } }>(guarded, token, created, {
        c: guarded.simulator.channelId,
      });
      await page.goto(`${guarded.addresses.url}/ide/#token=${token}`);
      await activeTab(page, 'Channels').waitFor();
      await page.getByRole('button', { name: 'Send Request' }).click();
      await page.locator('app-query-result .cm-content').filter({ hasText: '"channels"' }).filter({ hasText: '"name"' }).waitFor();
      await follow(page, conversation.conversationId, cursor);
      await page.getByText('InteractionQueued').filter({ visible: true }).first().waitFor();
      expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(token);
      expect(faults).toEqual([]);
      await page.context().close();
      await guarded.stop();
    },
    PATIENCE_MS,
  );

  it(
    'the IDE follows a conversation',
    async () => {
      const { id, origin } = await createConversation(gateway);
      const { page, faults } = await openPage(browser, `${start}ide/`);
      await activeTab(page, 'Channels').waitFor();
      await follow(page, id, origin);
      await page.getByText('InteractionQueued').filter({ visible: true }).first().waitFor();
      gateway.simulator.centre.agentAccepts(id);
      gateway.simulator.centre.agentSays(id, 'Good morning from the other side');
      await page.getByText('Good morning from the other side').filter({ visible: true }).first().waitFor();
      const image = screenshot('ide-subscription');
      if (image !== null) await page.screenshot(image);
      expect(faults).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );
});
