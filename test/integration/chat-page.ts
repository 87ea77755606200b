import type { Browser, Page } from 'playwright-core';
import { openPage } from '../support/browser.js';
import type { WatchedPage } from '../support/browser.js';
import type { KillableGateway } from '../support/killable-gateway.js';

/** Every message that the page shows, by its place. */
export const shown = (page: Page) => page.locator('[data-message-id] .bubble > p').allInnerTexts();

/** Opens the demo chat and starts a conversation. */
export async function openChat(browser: Browser, gateway: KillableGateway, look: object = {}, hash = ''): Promise<WatchedPage> {
  const opened = await openPage(browser, `${new URL(gateway.urls.graphqlUrl).origin}/demo/${hash}`, look);
  await opened.page.getByLabel('Your name').fill('Mia');
  await opened.page.getByRole('button', { name: 'Start chat' }).click();
  await opened.page.getByRole('textbox', { name: 'Your message' }).waitFor();
  return opened;
}

export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Your message' });
  await field.fill(text);
  await field.press('Enter');
}

export const status = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text }).waitFor();
export const note = (page: Page, text: RegExp) => page.locator('.note').filter({ hasText: text });
export const said = (page: Page, text: string | RegExp) => page.locator('[data-message-id]').filter({ hasText: text });
