import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, seriousAccessibilityFaults } from '../support/browser.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { describeExample, describeWith } from '../support/needs.js';
import { said, say } from './chat-page.js';

/** `SCREENSHOTS=docs/images` keeps what the chat looks like. */
const SCREENSHOTS = process.env['SCREENSHOTS'];
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 120_000;
/** What a browser says itself when there is nobody at the other end. */
const CONNECTION_LOST = /net::ERR_|WebSocket/;

const PHONE = { name: 'phone', viewport: { width: 390, height: 844 } } as const;
const DESKTOP = { name: 'desktop', viewport: { width: 1280, height: 800 } } as const;
const light = { colorScheme: 'light' } as const;
const dark = { colorScheme: 'dark' } as const;
const BOTH = [
  { ...PHONE, ...light },
  { ...DESKTOP, ...dark },
];
const ALL = [...BOTH, { ...PHONE, ...dark }, { ...DESKTOP, ...light }];
type Look = (typeof ALL)[number];

/** The texts that lead to a conversation, by language. */
const WORDS = {
  en: { name: 'Your name', start: 'Start chat', message: 'Your message' },
  ar: { name: 'اسمك', start: 'ابدأ المحادثة', message: 'رسالتك' },
};

describeExample('web-chat', 'build:chat')('the look of the demo chat', () => {
  describeWith('chromium', 'apt-get install chromium')('in a browser', inABrowser);
});

function inABrowser(): void {
  let browser: Browser;
  let gateway: KillableGateway;
  let page: Page;
  let faults: string[];
  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await KillableGateway.start({ agents: 'scripted', agentDelays: { acceptMs: 100, noticeMs: 20, typingMs: 100 } });
  }, PATIENCE_MS);
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  async function open({ viewport, colorScheme }: Look, language: keyof typeof WORDS = 'en'): Promise<void> {
    const url = `${new URL(gateway.urls.graphqlUrl).origin}/demo/#language=${language}`;
    ({ page, faults } = await openPage(browser, url, { viewport, colorScheme }));
  }

  async function start(language: keyof typeof WORDS = 'en'): Promise<void> {
    const { name, start: button, message } = WORDS[language];
    await page.getByLabel(name).fill('Mia');
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('textbox', { name: message }).waitFor();
  }

  /** Nothing overflows, nothing serious for axe, nothing on the console; kept as a picture. */
  async function isSound(state: string, { name, colorScheme }: Look, expected: RegExp | null = null): Promise<void> {
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await seriousAccessibilityFaults(page)).toEqual([]);
    if (SCREENSHOTS !== undefined) {
      mkdirSync(root(SCREENSHOTS), { recursive: true });
      await page.screenshot({ path: join(root(SCREENSHOTS), `chat-${state}${name}-${colorScheme}.png`) });
    }
    expect(faults.filter((fault) => !expected?.test(fault))).toEqual([]);
  }

  it.each(ALL)(
    'is sound on a $name, $colorScheme',
    async (look) => {
      await open(look);
      await page.getByLabel('Your name').waitFor();
      expect(await seriousAccessibilityFaults(page)).toEqual([]);
      await start();
      await said(page, 'Hello, Mia!').waitFor();
      await say(page, 'Where is my order 4711?');
      await said(page, 'I have 4711 open here').waitFor();
      await say(page, 'I need a transfer');
      await said(page, /This is \w+ from/)
        .nth(1)
        .waitFor();
      await page.getByRole('group', { name: 'Suggested answers' }).waitFor();
      await isSound('', look);
    },
    PATIENCE_MS,
  );

  it.each(BOTH)(
    'is sound before the chat, on a $name, $colorScheme',
    async (look) => {
      await open(look);
      await page.getByLabel('Your name').waitFor();
      await isSound('form-', look);
    },
    PATIENCE_MS,
  );

  it.each(BOTH)(
    'is sound from right to left, on a $name, $colorScheme',
    async (look) => {
      await open(look, 'ar');
      await start('ar');
      await said(page, 'Hello, Mia!').waitFor();
      const field = page.getByRole('textbox', { name: WORDS.ar.message });
      await field.fill('مرحبا، أين طلبي 4711؟');
      await field.press('Enter');
      await said(page, 'I have 4711 open here').waitFor();
      await isSound('rtl-', look);
    },
    PATIENCE_MS,
  );

  it.each(BOTH)(
    'is sound while it is empty, on a $name, $colorScheme',
    async (look) => {
      const alone = await KillableGateway.start();
      ({ page, faults } = await openPage(browser, `${new URL(alone.urls.graphqlUrl).origin}/demo/`, look));
      await start();
      await page.getByText('Waiting for someone to join').waitFor();
      await isSound('empty-', look);
      await alone.stop();
    },
    PATIENCE_MS,
  );

  it.each(BOTH)(
    'is sound in a long conversation with new messages, on a $name, $colorScheme',
    async (look) => {
      await open(look);
      await start();
      await said(page, 'Hello, Mia!').waitFor();
      const { centre } = gateway.simulator;
      const id = centre.conversations().at(-1)?.id ?? '';
      const word = 'Donaudampfschifffahrtsgesellschaft'.repeat(4);
      for (let index = 1; index <= 30; index += 1) centre.agentSays(id, `${index}. See https://example.com/help/${index} for more.`);
      centre.agentSays(id, `A long word: ${word}`);
      await said(page, 'A long word').waitFor();
      await page.locator('.transcript').hover();
      await page.mouse.wheel(0, -500);
      await page.locator('.newest').waitFor();
      centre.agentSays(id, 'One more thing');
      await page.getByRole('button', { name: '1 new message' }).waitFor();
      await isSound('long-', look);
    },
    PATIENCE_MS,
  );

  it.each(BOTH)(
    'is sound offline, on a $name, $colorScheme',
    async (look) => {
      await open(look);
      await start();
      await said(page, 'Hello, Mia!').waitFor();
      await page.context().setOffline(true);
      await page.getByText('Offline.').waitFor();
      await say(page, 'Written without a network');
      await page.getByText('Not sent yet; retrying…').waitFor();
      await isSound('offline-', look, CONNECTION_LOST);
    },
    PATIENCE_MS,
  );

  it.each(BOTH)(
    'is sound when the conversation has ended, and when it is gone, on a $name, $colorScheme',
    async (look) => {
      await open(look);
      await start();
      await said(page, 'Hello, Mia!').waitFor();
      await page.getByRole('button', { name: 'End chat' }).click();
      await page.locator('.star').filter({ hasText: '4 stars' }).click();
      await isSound('ended-', look);
      await page.evaluate("localStorage.setItem('chat.conversation', 'no-longer-there')");
      await page.reload();
      await page.getByRole('heading', { name: 'This conversation is gone' }).waitFor();
      await isSound('gone-', look);
    },
    PATIENCE_MS,
  );
}
