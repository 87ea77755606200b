import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, seriousAccessibilityFaults } from '../support/browser.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { describeWith } from '../support/needs.js';
import { SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { said, say } from './chat-page.js';
import { HostPage } from './widget-page.js';

/** `SCREENSHOTS=docs/images` keeps what the widget looks like. */
const SCREENSHOTS = process.env['SCREENSHOTS'];
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PATIENCE_MS = 120_000;
/** What a page can have in its style sheet, and a chat in it should not. */
const HOSTILE = `
html { font-size: 62.5%; }
* { color: red; font-style: italic; letter-spacing: 3px; line-height: 3; text-align: center; text-indent: 20px; text-transform: uppercase; word-spacing: 9px; }
div { display: none !important; }
button, input, textarea, p { display: none !important; transform: rotate(10deg); }
chat-widget { font-size: 8px; }
`;
/** Until somebody opens it, all that a page loads. */
const MAX_LOADER_BYTES = 8_000;

describe('the widget', () => {
  it('is a few kilobytes until it is opened', () => {
    expect(gzipSync(readFileSync(root('dist/demo/widget.js'))).length).toBeLessThan(MAX_LOADER_BYTES);
  });

  describeWith('chromium', 'apt-get install chromium')('in a page of another origin with a strict content security policy', inABrowser);
});

const launcher = (page: Page) => page.locator('chat-widget .widget-launcher');
const panel = (page: Page) => page.getByRole('dialog');
const focused = (page: Page) =>
  page.evaluate<string>(
    "(e => (e.shadowRoot?.activeElement ?? e).getAttribute('aria-label') ?? (e.shadowRoot?.activeElement ?? e).name ?? '')(document.activeElement)",
  );

function inABrowser(): void {
  let browser: Browser;
  let host: HostPage;
  let gateway: KillableGateway;
  const origin = () => new URL(gateway.urls.graphqlUrl).origin;
  beforeAll(async () => {
    browser = await openBrowser();
    host = await HostPage.start();
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser.close();
    await host.stop();
  });

  const start = async (settings: Readonly<Record<string, string>> = {}) => {
    gateway = await KillableGateway.start({}, { CORS_ORIGINS: host.origin, ...settings });
  };
  afterEach(() => gateway.stop());

  /** The page, what it loaded from the gateway, and what went wrong: anything but that it uses the gateway. */
  async function openHost(look: object = {}) {
    const opened = await openPage(browser, host.origin, look);
    const loaded: string[] = [];
    opened.page.on('request', (request) => loaded.push(request.url()));
    await opened.page.reload();
    await launcher(opened.page).waitFor();
    const faults = () =>
      opened.faults.filter((fault) => !/^outside: (http|ws):\/\//.test(fault) || !fault.includes(new URL(origin()).host));
    return { page: opened.page, loaded, faults };
  }

  async function begin(page: Page): Promise<string> {
    await launcher(page).click();
    await page.getByLabel('Your name').fill('Mia');
    await page.getByRole('button', { name: 'Start chat' }).click();
    await page.getByRole('textbox', { name: 'Your message' }).waitFor();
    const conversation = gateway.simulator.centre.conversations().at(-1);
    if (conversation === undefined) throw new Error('the contact centre has no conversation');
    gateway.simulator.centre.agentAccepts(conversation.id);
    gateway.simulator.centre.agentSays(conversation.id, 'Hello, Mia!');
    await said(page, 'Hello, Mia!').waitFor();
    return conversation.id;
  }

  it(
    'is embedded by one script tag, and loads the chat when it is opened',
    async () => {
      await start();
      host.show(origin(), { attributes: 'data-label="Ask us" data-language="en-GB"' });
      const { page, loaded, faults } = await openHost();
      await page.waitForLoadState('networkidle');
      expect(loaded.filter((url) => url.startsWith(origin()))).toEqual([`${origin()}/demo/widget.js`]);
      expect(await launcher(page).getAttribute('aria-label')).toBe('Ask us');

      const id = await begin(page);
      await say(page, 'Where is my order?');
      await untilTrue(() => gateway.simulator.centre.conversation(id).messages.some(({ text }) => text === 'Where is my order?'));
      await page.locator('.pending').waitFor({ state: 'detached' });
      // Of the chat's styles, none reaches the page, and none of the page the chat.
      expect(await page.evaluate("getComputedStyle(document.querySelector('main')).display")).toBe('block');
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'is used by keyboard: opens, keeps the focus, closes by Escape and gives the focus back',
    async () => {
      await start();
      host.show(origin());
      const { page, faults } = await openHost();
      const expanded = () => launcher(page).getAttribute('aria-expanded');
      expect(await expanded()).toBe('false');
      await launcher(page).focus();
      await page.keyboard.press('Enter');
      await page.getByLabel('Your name').waitFor();
      expect(await expanded()).toBe('true');
      await untilTrue(async () => (await focused(page)) === 'name');
      const passed: string[] = [];
      for (let press = 0; press < 8; press += 1) {
        await page.keyboard.press('Tab');
        passed.push(await focused(page));
      }
      expect(passed).toContain('Close the chat');
      expect(passed.filter((name) => name === 'Chat with us')).toEqual([]);
      expect(passed.filter((name) => name === 'name').length).toBeGreaterThan(0);
      await page.locator('chat-widget .widget-close').focus();
      await page.keyboard.press('Shift+Tab');
      expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.textContent')).toBe('Start chat');
      await page.keyboard.press('Escape');
      await panel(page).waitFor({ state: 'hidden' });
      expect(await expanded()).toBe('false');
      expect(await focused(page)).toBe('Chat with us');
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'counts what comes while it is closed, and shows it unread when it is opened',
    async () => {
      await start();
      host.show(origin());
      const { page, faults } = await openHost();
      const id = await begin(page);
      await page.evaluate("window.unread = []; document.addEventListener('chat-unread', (event) => window.unread.push(event.detail))");
      await page.keyboard.press('Escape');
      gateway.simulator.centre.agentSays(id, 'Are you there?');
      await page.locator('chat-widget .widget-count').filter({ hasText: '1' }).waitFor();
      expect(await launcher(page).getAttribute('aria-label')).toBe('Chat with us (1 new message)');
      expect(await page.evaluate('window.unread.at(-1)')).toBe(1);
      await launcher(page).click();
      await said(page, 'Are you there?').waitFor();
      await page.locator('chat-widget .widget-count').filter({ hasNotText: '1' }).waitFor({ state: 'attached' });
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'goes on counting on the next page of the site, and leaves the title to the page',
    async () => {
      await start();
      host.show(origin());
      const { page, faults } = await openHost();
      const id = await begin(page);
      const count = page.locator('chat-widget .widget-count');
      await page.evaluate("document.title = 'The cart'");
      await page.keyboard.press('Escape');
      gateway.simulator.centre.agentSays(id, 'Are you there?');
      await count.filter({ hasText: '1' }).waitFor();
      expect(await page.title()).toBe('(1) The cart');
      await launcher(page).click();
      await count.filter({ hasNotText: '1' }).waitFor({ state: 'attached' });
      expect(await page.title()).toBe('The cart');

      await page.reload();
      await launcher(page).waitFor();
      await page.locator('chat-widget .state').filter({ hasText: 'is with you' }).waitFor({ state: 'attached' });
      gateway.simulator.centre.agentSays(id, 'It has arrived.');
      await count.filter({ hasText: '1' }).waitFor();
      expect(await panel(page).isVisible()).toBe(false);
      expect(await focused(page)).toBe('');
      await launcher(page).click();
      await said(page, 'It has arrived.').waitFor();
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'looks the same whatever the styles of the page',
    async () => {
      await start();
      host.show(origin(), { styles: HOSTILE });
      const { page, faults } = await openHost();
      expect(await launcher(page).boundingBox()).toMatchObject({ width: 56, height: 56 });
      await begin(page);
      const look = await page.evaluate<Record<string, string>>(
        "(({ fontSize, fontStyle, letterSpacing, lineHeight, textAlign, textIndent, textTransform, wordSpacing }) => ({ fontSize, fontStyle, letterSpacing, lineHeight, textAlign, textIndent, textTransform, wordSpacing }))(getComputedStyle(document.querySelector('chat-widget').shadowRoot.querySelector('.bubble')))",
      );
      expect(look).toEqual({
        fontSize: '16px',
        fontStyle: 'normal',
        letterSpacing: 'normal',
        lineHeight: '23.2px',
        textAlign: 'start',
        textIndent: '0px',
        textTransform: 'none',
        wordSpacing: '0px',
      });
      for (const name of ['Send', 'End chat', 'Close the chat']) {
        const box = await panel(page).getByRole('button', { name, exact: true }).boundingBox();
        expect({ name, isLarge: box !== null && box.width >= 44 && box.height >= 44 }).toEqual({ name, isLarge: true });
      }
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'works where the page may store nothing',
    async () => {
      await start();
      const denied = "{ get() { throw new DOMException('Access is denied', 'SecurityError'); } }";
      host.show(origin(), {
        script: `for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, ${denied});`,
      });
      const { page, faults } = await openHost();
      const id = await begin(page);
      await say(page, 'It is me');
      await untilTrue(() => gateway.simulator.centre.conversation(id).messages.some(({ text }) => text === 'It is me'));
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'asks the page for a token',
    async () => {
      await start({ AUTH: 'jwt', AUTH_SECRET: SECRET });
      const token = await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' });
      host.show(origin(), {
        attributes: `data-token="chatToken" data-channel="${gateway.simulator.channelId}"`,
        script: `globalThis.asked = 0; function chatToken() { asked += 1; return Promise.resolve('${token}'); }`,
      });
      const { page, faults } = await openHost();
      expect(await page.evaluate('asked')).toBe(0);
      const id = await begin(page);
      await say(page, 'It is me');
      await untilTrue(() => gateway.simulator.centre.conversation(id).messages.some(({ text }) => text === 'It is me'));
      expect(await page.evaluate('asked > 0')).toBe(true);
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'says that the chat could not be loaded, and tries again',
    async () => {
      await start();
      host.show(origin());
      const { page } = await openHost();
      await page.route('**/widget-chat.js', (route) => route.abort());
      await launcher(page).click();
      await page.getByRole('alert').filter({ hasText: 'could not be loaded' }).waitFor();
      await page.unroute('**/widget-chat.js');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByLabel('Your name').waitFor();
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it(
    'shows Adaptive Cards, and neither runs nor follows what is in them',
    async () => {
      await start();
      host.show(origin());
      const { page, faults } = await openHost();
      const id = await begin(page);
      const { centre } = gateway.simulator;
      const card = (content: Record<string, unknown>, contentType = 'application/vnd.microsoft.card.adaptive') =>
        centre.agentSays(id, { text: '', attachments: [], cards: [{ contentType, content }] });
      card({
        // No version, and in the next one a newer one.
        type: 'AdaptiveCard',
        body: [
          {
            type: 'TextBlock',
            text: 'When **suits** you? <img src=x onerror="window.hit=1"> [bad](javascript:window.hit=1) [good](https://example.com/)',
          },
          { type: 'Input.Text', id: 'day', label: 'Day' },
        ],
        actions: [
          { type: 'Action.Submit', title: 'Book' },
          { type: 'Action.OpenUrl', title: 'Bad link', url: 'javascript:window.hit=1' },
        ],
      });
      const bubble = page.locator('.card').filter({ hasText: 'When suits you?' });
      await bubble.waitFor();
      expect(await bubble.locator('img').count()).toBe(0);
      expect(await bubble.getByRole('button').allInnerTexts()).toEqual(['Book']);
      expect(await bubble.locator('a').count()).toBe(1);
      expect(await bubble.locator('a').getAttribute('href')).toBe('https://example.com/');
      await bubble.getByLabel('Day').fill('Monday');
      await bubble.getByRole('button', { name: 'Book' }).click();
      await said(page, 'Day: Monday').waitFor();
      await untilTrue(() => centre.conversation(id).messages.some(({ cards }) => cards.some(({ actionSubmitted }) => actionSubmitted)));
      expect(await bubble.getByLabel('Day').isDisabled()).toBe(true);
      expect(await bubble.getByLabel('Day').inputValue()).toBe('Monday');

      card({
        type: 'AdaptiveCard',
        version: '9.9',
        body: [
          { type: 'TextBlock', text: 'Newer' },
          { type: 'Hologram', fallback: { type: 'TextBlock', text: 'Flat' } },
        ],
      });
      await page.locator('.card').filter({ hasText: 'Newer' }).filter({ hasText: 'Flat' }).waitFor();
      card({ type: 'AdaptiveCard', body: [{ type: 'Hologram', text: 'In words' }] });
      await page.locator('.card').filter({ hasText: 'In words' }).waitFor();
      card({ title: 'Two shoes', buttons: [{ title: 'Look', url: 'https://example.com/shoes' }] }, 'Carousel');
      await page.locator('.card').filter({ hasText: 'Two shoes' }).getByRole('link', { name: 'Look' }).waitFor();
      expect(await page.evaluate('window.hit')).toBeUndefined();
      const overflow =
        "(list => list.scrollWidth - list.clientWidth)(document.querySelector('chat-widget').shadowRoot.querySelector('[role=log]'))";
      expect(await page.evaluate(overflow)).toBe(0);
      if (SCREENSHOTS !== undefined) {
        await bubble.scrollIntoViewIfNeeded();
        await page.screenshot({ path: join(root(SCREENSHOTS), 'widget-cards.png') });
      }

      card(
        {
          options: [
            { title: 'Yes', data: { postback: 'a' } },
            { title: 'Yes', data: { postback: 'b' } },
          ],
        },
        'application/8x8.quick.replies',
      );
      await page.getByRole('button', { name: 'Yes' }).nth(1).click();
      await said(page, 'Yes').waitFor();
      const chosen = centre.conversation(id).messages.find(({ text }) => text === 'Yes');
      expect(chosen?.cards.map(({ content }) => content)).toEqual([{ options: [{ title: 'Yes', data: { postback: 'b' } }] }]);
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it.each([{ colorScheme: 'light' }, { colorScheme: 'dark' }] as const)(
    'lets an Adaptive Card with fields of all kinds be filled in and sent once, in a $colorScheme page',
    async ({ colorScheme }) => {
      await start();
      host.show(origin());
      const { page, faults } = await openHost({ colorScheme });
      const id = await begin(page);
      const choices = [
        { title: 'Red', value: 'red' },
        { title: 'Blue', value: 'blue' },
      ];
      const content = {
        type: 'AdaptiveCard',
        body: [
          { type: 'Input.Text', id: 'words', label: 'Words', isRequired: true, errorMessage: 'Please write something' },
          { type: 'Input.Number', id: 'number', label: 'How many', min: 1, max: 5 },
          { type: 'Input.ChoiceSet', id: 'colour', label: 'Colour', choices, value: 'red' },
          { type: 'Input.ChoiceSet', id: 'more', label: 'More', style: 'expanded', isMultiSelect: true, choices },
          { type: 'Input.Toggle', id: 'agreed', label: 'Agreed', title: 'I agree' },
          ...['default', 'emphasis', 'accent', 'good', 'warning', 'attention'].map((style) => ({
            type: 'Container',
            style,
            items: [{ type: 'TextBlock', text: `In ${style}` }],
          })),
          { type: 'TextBlock', id: 'details', text: 'All about it', isVisible: false },
        ],
        actions: [
          { type: 'Action.Submit', title: 'Order', style: 'positive' },
          { type: 'Action.Submit', title: 'Delete', style: 'destructive' },
          { type: 'Action.ToggleVisibility', title: 'Details', targetElements: ['details'] },
          { type: 'Action.OpenUrl', title: 'Web', url: 'https://example.com/' },
        ],
      };
      const card = { contentType: 'application/vnd.microsoft.card.adaptive', content };
      gateway.simulator.centre.agentSays(id, { text: '', attachments: [], cards: [card] });
      const order = page.getByRole('button', { name: 'Order' });
      await order.click();
      await page.locator('.card').filter({ hasText: 'Please write something' }).waitFor();
      await page.getByLabel('Words').fill('Quickly');
      await page.getByRole('checkbox', { name: 'Blue' }).check();
      await page.getByRole('button', { name: 'Details' }).click();
      await page.locator('.card').getByText('All about it').waitFor();
      for (const box of [page.getByRole('checkbox', { name: 'Blue' }), page.getByRole('checkbox', { name: 'I agree' })]) {
        expect((await box.locator('..').boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
      // Its text on its colour, among others.
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      await order.click();
      await page.locator('.own').filter({ hasText: 'Words: Quickly' }).waitFor();
      const sent = () => gateway.simulator.centre.conversation(id).messages.filter(({ text }) => text.includes('Words'));
      await untilTrue(() => sent().length > 0);
      expect(sent().map(({ text }) => text)).toEqual(['Words: Quickly\nColour: red\nMore: blue\nAgreed: false']);
      await untilTrue(() => order.isDisabled());
      expect(await page.locator('.card button').filter({ hasText: 'Web' }).isDisabled()).toBe(false);
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );

  it.each([
    { name: 'desktop-light', look: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' } },
    { name: 'desktop-dark', look: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' } },
    { name: 'phone-light', look: { viewport: { width: 390, height: 844 }, colorScheme: 'light' } },
  ])(
    'is accessible, closed and open, on a $name',
    async ({ name, look }) => {
      await start();
      host.show(origin());
      const { page, faults } = await openHost(look);
      const keep = async (state: string) => {
        if (SCREENSHOTS === undefined) return;
        mkdirSync(root(SCREENSHOTS), { recursive: true });
        await page.screenshot({ path: join(root(SCREENSHOTS), `widget-${state}-${name}.png`) });
      };
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      if (name === 'desktop-light') await keep('closed');
      const id = await begin(page);
      await say(page, 'Where is my order 4711?');
      await said(page, 'Where is my order 4711?').waitFor();
      gateway.simulator.centre.agentSays(id, 'It is on its way.');
      await said(page, 'It is on its way.').waitFor();
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      const { width, height } = look.viewport;
      const box = await panel(page).boundingBox();
      expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
      await keep('open');
      expect(faults()).toEqual([]);
      await page.context().close();
    },
    PATIENCE_MS,
  );
}
