import { deflateSync, crc32 } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.js';
import { KillableGateway } from '../support/killable-gateway.js';
import { describeExample, describeWith } from '../support/needs.js';
import { untilTrue } from '../support/until.js';
import { note, openChat, said, say, shown } from './chat-page.js';

/** A browser on a busy machine takes its time. */
const PATIENCE_MS = 120_000;
const PHONE = { viewport: { width: 390, height: 700 } };

describeExample('web-chat', 'build:chat')('what the demo chat shows', () => {
  describeWith('chromium', 'apt-get install chromium')('in a browser', inABrowser);
});

/** A picture of one colour. */
function picture(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const pixels = deflateSync(Buffer.alloc((width * 3 + 1) * height, 120));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/** Pixels between what is in view and the end of the list. */
const toEnd = (page: Page) =>
  page.locator('.transcript').evaluate((list) => {
    const { scrollHeight, scrollTop, clientHeight } = list as unknown as Record<'scrollHeight' | 'scrollTop' | 'clientHeight', number>;
    return scrollHeight - scrollTop - clientHeight;
  });
const isAtEnd = async (page: Page) => (await toEnd(page)) <= 2;
const scrollUp = async (page: Page) => {
  await page.locator('.transcript').hover();
  // A turn of the wheel is lost while the list cannot be scrolled yet.
  await untilTrue(async () => {
    await page.mouse.wheel(0, -10_000);
    await page.waitForTimeout(100);
    return page.locator('.newest').isVisible();
  });
};

function inABrowser(): void {
  let browser: Browser;
  let gateway: KillableGateway;
  let page: Page;
  let faults: string[];
  let id: string;
  beforeAll(async () => {
    browser = await openBrowser();
    gateway = await KillableGateway.start();
  }, PATIENCE_MS);
  afterEach(async () => {
    expect(faults).toEqual([]);
    await page.context().close();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.stop();
  });

  /** A conversation with an agent. */
  async function open(look: object = PHONE, hash = ''): Promise<void> {
    ({ page, faults } = await openChat(browser, gateway, look, hash));
    id = gateway.simulator.centre.conversations().at(-1)?.id ?? '';
    gateway.simulator.centre.agentAccepts(id);
    await note(page, /has joined/).waitFor();
  }

  const agentSays = (text: string) => gateway.simulator.centre.agentSays(id, text);

  /** So many messages that they do not fit. */
  async function fill(count = 20): Promise<void> {
    for (let index = 0; index < count; index += 1) agentSays(`line ${index}`);
    await said(page, `line ${count - 1}`).waitFor();
    await untilTrue(() => isAtEnd(page));
  }

  function agentSendsPicture(width: number, height: number): void {
    const { centre } = gateway.simulator;
    const attachment = centre.files.add(centre.conversation(id), {
      fileName: 'p.png',
      contentType: 'image/png',
      chunks: [picture(width, height)],
    });
    centre.agentSays(id, { text: '', attachments: [attachment], cards: [] });
  }

  it(
    'reserves the height of a picture before it has loaded, and stays at the end',
    async () => {
      await open();
      await fill();
      let arrive: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (arrive = resolve));
      await page.route('**/attachments/**', async (route) => {
        await held;
        await route.continue();
      });
      agentSendsPicture(300, 900);
      const box = page.locator('.picture');
      await box.waitFor();
      const reserved = await box.boundingBox();
      await untilTrue(() => isAtEnd(page));
      arrive();
      await untilTrue(() => box.locator('img').evaluate((image) => (image as unknown as { naturalHeight: number }).naturalHeight === 900));
      expect((await box.boundingBox())?.height).toBe(reserved?.height);
      agentSendsPicture(900, 200);
      agentSays('after the pictures');
      await said(page, 'after the pictures').waitFor();
      await untilTrue(() => isAtEnd(page));
      // And when the list gets less room, as by the keyboard of a phone.
      await page.setViewportSize({ width: 390, height: 400 });
      await untilTrue(() => isAtEnd(page));
    },
    PATIENCE_MS,
  );

  it(
    'scrolls an own message into view, wherever the reader is',
    async () => {
      await open();
      await fill();
      await scrollUp(page);
      agentSays('not followed');
      await page.getByRole('button', { name: '1 new message' }).waitFor();
      expect(await isAtEnd(page)).toBe(false);
      await say(page, 'mine');
      await said(page, 'mine').waitFor();
      await untilTrue(() => isAtEnd(page));
    },
    PATIENCE_MS,
  );

  it(
    'shows a button and a line for new messages to a reader further up, and no more once they are read',
    async () => {
      await open();
      await fill();
      expect(await page.locator('.newest, .unread').count()).toBe(0);
      await scrollUp(page);
      agentSays('first new one');
      agentSays('second new one');
      const button = page.getByRole('button', { name: '2 new messages' });
      await button.waitFor();
      const { centre } = gateway.simulator;
      const readUpTo = () => centre.conversation(id).readUpTo.user ?? 0;
      const before = readUpTo();
      await button.click();
      await untilTrue(() => isAtEnd(page));
      await page.locator('.newest').waitFor({ state: 'detached' });
      const kinds = await page
        .locator('.transcript li')
        .evaluateAll((rows) => rows.slice(-3).map((row) => (row as unknown as { dataset: { kind: string } }).dataset.kind));
      expect(kinds).toEqual(['unread', 'message', 'message']);
      await untilTrue(() => readUpTo() > before);
      await say(page, 'seen');
      await page.locator('.unread').waitFor({ state: 'detached' });
    },
    PATIENCE_MS,
  );

  it(
    'loads earlier messages above the reader, who stays where they are',
    async () => {
      await open();
      for (let index = 0; index < 120; index += 1) agentSays(`line ${index}`);
      await said(page, /^.*line 119/).waitFor();
      await page.reload();
      await said(page, 'line 119').waitFor();
      await untilTrue(() => isAtEnd(page));
      // Pages follow until there are none, and the reader sees the same line all the time.
      for (const line of ['line 60', 'line 20', 'line 0']) {
        await untilTrue(async () => {
          if ((await said(page, new RegExp(`${line}(\\D|$)`)).count()) > 0) return true;
          await page.locator('.transcript').hover();
          await page.mouse.wheel(0, -400);
          return false;
        });
      }
      expect(await page.getByRole('button', { name: 'Earlier messages' }).count()).toBe(0);
      expect(await isAtEnd(page)).toBe(false);
      await page.getByRole('button', { name: 'To the newest message' }).click();
      await untilTrue(() => isAtEnd(page));
    },
    PATIENCE_MS,
  );

  it(
    'shows a line per day, groups of messages with one time each, and the direction that a text has',
    async () => {
      await open();
      agentSays('yesterday');
      agentSays('one');
      agentSays('two');
      await said(page, 'two').waitFor();
      await page.route('**/graphql', async (route) => {
        if (!(route.request().postData() ?? '').includes('"operationName":"Conversation"')) return route.continue();
        const response = await route.fetch();
        const answer = (await response.json()) as {
          data: { conversation: { messages: { nodes: { text: string; createdAt: string }[] } } };
        };
        for (const message of answer.data.conversation.messages.nodes) {
          if (message.text === 'yesterday') message.createdAt = new Date(Date.now() - 86_400_000).toISOString();
        }
        await route.fulfill({ response, json: answer });
      });
      await page.reload();
      await said(page, 'two').waitFor();
      await say(page, 'مرحبا');
      await page.getByText('Delivered').waitFor();
      expect(await page.locator('.day').allInnerTexts()).toEqual(['Yesterday', 'Today']);
      // One of yesterday, one of today's group of two, one of the own message.
      expect(await page.locator('.message time').count()).toBe(3);
      const names = await page.locator('.author').allInnerTexts();
      expect(names).toEqual(['Agent', 'Agent']);
      const direction = await page
        .locator('.own .bubble p')
        .evaluate(
          (text) =>
            (globalThis as unknown as { getComputedStyle: (of: unknown) => { direction: string } }).getComputedStyle(text).direction,
        );
      expect(direction).toBe('rtl');
    },
    PATIENCE_MS,
  );

  it(
    "shows the agent's name where it is known",
    async () => {
      const named = await KillableGateway.start(
        { generation: 'chat-api-v2', apiSecret: 'secret' },
        { UPSTREAM: 'chat-api-v2', UPSTREAM_API_SECRET: 'secret' },
      );
      ({ page, faults } = await openChat(browser, named, PHONE));
      const { centre } = named.simulator;
      const conversation = centre.conversations()[0]?.id ?? '';
      const { name } = centre.agentAccepts(conversation);
      centre.agentSays(conversation, 'Hello');
      await note(page, new RegExp(`${name} has joined`)).waitFor();
      await said(page, 'Hello').waitFor();
      expect(await page.locator('.author').allInnerTexts()).toEqual([name]);
      await page.getByText(`${name} is with you`).waitFor();
      await named.stop();
    },
    PATIENCE_MS,
  );

  it(
    'makes links of web and mail addresses, and of nothing else',
    async () => {
      await open();
      agentSays('See https://example.com/a?b=1, or mail to help@example.com. Not javascript:alert(1) <b>x</b>');
      await said(page, 'See https').waitFor();
      const links = page.locator('.bubble a');
      expect(await links.evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href))).toEqual([
        'https://example.com/a?b=1',
        'mailto:help@example.com',
      ]);
      expect(await links.first().getAttribute('rel')).toBe('noreferrer');
      expect(await page.locator('.bubble b').count()).toBe(0);
    },
    PATIENCE_MS,
  );

  /** As a file manager or a screenshot tool does it. */
  const give = (type: 'drop' | 'paste', name: string, mimeType: string, size = 4) =>
    page.locator('textarea').evaluate(
      (field, options) => {
        const { File, DataTransfer, DragEvent, ClipboardEvent } = globalThis as unknown as Record<
          string,
          new (...values: unknown[]) => object
        >;
        const transfer = new (DataTransfer as new () => { items: { add: (file: object) => void } })();
        transfer.items.add(
          new (File as new (...values: unknown[]) => object)(['x'.repeat(options.size)], options.name, { type: options.mimeType }),
        );
        const target = field as unknown as { dispatchEvent: (event: object) => void };
        const event = options.type === 'drop' ? DragEvent : ClipboardEvent;
        const data = options.type === 'drop' ? { dataTransfer: transfer } : { clipboardData: transfer };
        if (event) target.dispatchEvent(new event(options.type, { bubbles: true, cancelable: true, ...data }));
      },
      { type, name, mimeType, size },
    );

  it(
    'sends files that are dropped or pasted, and shows their progress',
    async () => {
      await open();
      let go: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (go = resolve));
      await page.route('**/uploads/**', async (route) => {
        await held;
        await route.continue();
      });
      await give('drop', 'dropped.txt', 'text/plain');
      await page.getByRole('progressbar', { name: /Sending dropped\.txt: \d+ %/ }).waitFor();
      go();
      await page.getByRole('link', { name: 'dropped.txt' }).waitFor();
      await give('paste', 'pasted.txt', 'text/plain');
      await page.getByRole('link', { name: 'pasted.txt' }).waitFor();
      await page.getByRole('progressbar').waitFor({ state: 'detached' });
      const files = gateway.simulator.centre
        .conversation(id)
        .messages.flatMap(({ attachments }) => attachments.map(({ fileName }) => fileName));
      expect(files).toEqual(['dropped.txt', 'pasted.txt']);
    },
    PATIENCE_MS,
  );

  it(
    'says of a rejected file one thing, once, until it is closed',
    async () => {
      await open();
      await give('drop', 'setup.exe', 'application/x-msdownload');
      const alert = page.getByRole('alert').filter({ hasText: 'setup.exe' });
      await alert.waitFor();
      expect(await alert.innerText()).toBe('setup.exe was not sent: files of this kind are not accepted.');
      await give('drop', 'setup.exe', 'application/x-msdownload');
      await give('drop', 'empty.txt', 'text/plain', 0);
      await page.getByText('empty.txt was not sent: it is empty or too large.').waitFor();
      expect(await page.locator('.uploads li').count()).toBe(2);
      for (const left of [1, 0]) {
        await page.getByRole('button', { name: 'Close' }).first().click();
        await untilTrue(async () => (await page.locator('.uploads li').count()) === left);
      }
    },
    PATIENCE_MS,
  );

  it(
    'marks the newest message that was delivered, and the newest that was read',
    async () => {
      await open();
      await say(page, 'first');
      await said(page, 'first').filter({ hasText: 'Delivered' }).waitFor();
      gateway.simulator.centre.agentReads(id);
      await said(page, 'first').filter({ hasText: 'Read' }).waitFor();
      expect(await page.getByText('Delivered').count()).toBe(0);
      await say(page, 'second');
      await said(page, 'second').filter({ hasText: 'Delivered' }).waitFor();
      expect(await page.locator('.mark').allInnerTexts()).toEqual(['Read', 'Delivered']);
    },
    PATIENCE_MS,
  );

  it(
    'shows after how long the first answer came',
    async () => {
      await open({ viewport: { width: 1280, height: 800 } });
      const first = page.locator('.interaction dl > div').filter({ hasText: 'First answer after' });
      await first.filter({ hasText: '–' }).waitFor();
      agentSays('Hello');
      await first.filter({ hasText: /\d sec/ }).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'says that the conversation is gone, and starts another',
    async () => {
      await open();
      await page.evaluate("localStorage.setItem('chat.conversation', 'no-longer-there')");
      await page.reload();
      await page.getByRole('heading', { name: 'This conversation is gone' }).waitFor();
      await page.getByRole('button', { name: 'Start another' }).click();
      await page.getByLabel('Your name').fill('Mia');
      await page.getByRole('button', { name: 'Start chat' }).click();
      await say(page, 'and on');
      await said(page, 'and on').waitFor();
      expect(await shown(page)).toEqual(['and on']);
    },
    PATIENCE_MS,
  );

  it(
    'asks for a few things before the chat and for a rating after it, and keeps both with the customer',
    async () => {
      ({ page, faults } = await openPage(browser, `${new URL(gateway.urls.graphqlUrl).origin}/demo/`, PHONE));
      await page.getByLabel('Your name').fill('Mia');
      await page.getByLabel('Your email').fill('mia@example.com');
      await page.getByLabel('What is it about?').fill('An order');
      await page.getByRole('button', { name: 'Start chat' }).click();
      await page.getByRole('textbox', { name: 'Your message' }).waitFor();
      const { centre } = gateway.simulator;
      const conversation = centre.conversations().at(-1);
      expect(conversation?.customer.fields).toMatchObject({ name: 'Mia', email: 'mia@example.com' });
      id = conversation?.id ?? '';
      centre.agentAccepts(id);
      expect(await page.getByText('How was this conversation?').count()).toBe(0);
      centre.agentLeaves(id);
      await page.locator('.star').filter({ hasText: '4 stars' }).click();
      await page.getByRole('textbox', { name: 'Anything to add?' }).fill('Quick and kind');
      await page.getByRole('button', { name: 'Send rating' }).click();
      await page.getByText('Thank you for your rating.').waitFor();
      expect(centre.conversation(id).customer.additionalProperties.map(({ key, value }) => [key, value])).toEqual([
        ['topic', 'An order'],
        ['rating', '4'],
        ['ratingComment', 'Quick and kind'],
      ]);
      expect(centre.conversation(id).state).toBe('idle');

      await page.reload();
      await page.getByText('Thank you for your rating.').waitFor();
      expect(await page.locator('.star').count()).toBe(0);
    },
    PATIENCE_MS,
  );

  it(
    'sends nothing that is too long, says by how much, and keeps it to be shortened',
    async () => {
      await open();
      const field = page.getByRole('textbox', { name: 'Your message' });
      await field.fill('a'.repeat(4_001));
      await field.press('Enter');
      await page.getByText('The message is 1 character too long.').waitFor();
      expect(await field.inputValue()).toHaveLength(4_001);
      await field.press('Backspace');
      await page.getByText('too long').waitFor({ state: 'detached' });
      await field.press('Enter');
      await said(page, 'a'.repeat(4_000)).waitFor();
      expect(gateway.simulator.centre.conversation(id).messages.map(({ text }) => text.length)).toEqual([4_000]);
    },
    PATIENCE_MS,
  );

  it(
    'says that the chat was not ended, until it is',
    async () => {
      await open();
      const isEnd = (text: string | null) => text?.includes('"operationName":"LeaveConversation"') === true;
      await page.route('**/graphql', (route) => {
        const refusal = { code: 'UPSTREAM_REFUSED', field: null, message: 'Refused.' };
        const json = { data: { leaveConversation: { userErrors: [refusal] } } };
        return isEnd(route.request().postData()) ? route.fulfill({ json }) : route.continue();
      });
      await page.getByRole('button', { name: 'End chat' }).click();
      await page.getByText('The chat was not ended. Please try again.').waitFor();
      await page.unrouteAll();
      await page.getByRole('button', { name: 'End chat' }).click();
      await page.getByText('The chat was not ended. Please try again.').waitFor({ state: 'detached' });
      await note(page, /has ended/).waitFor();
    },
    PATIENCE_MS,
  );

  it(
    'can be read and used at a zoom of 400 %',
    async () => {
      ({ page, faults } = await openChat(browser, gateway, { viewport: { width: 320, height: 256 } }));
      const { centre } = gateway.simulator;
      id = centre.conversations().at(-1)?.id ?? '';
      centre.agentAccepts(id);
      centre.agentSays(id, 'Hello');
      centre.agentLeaves(id);
      await page.locator('.star').filter({ hasText: '4 stars' }).click();
      expect((await page.locator('.transcript').boundingBox())?.height).toBeGreaterThan(100);
      await page.getByRole('button', { name: 'Send', exact: true }).scrollIntoViewIfNeeded();
      const send = await page.getByRole('button', { name: 'Send', exact: true }).boundingBox();
      expect(send && send.y + send.height <= 256).toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'counts unread messages in the title and plays a sound while the page is hidden, unless the sound is off',
    async () => {
      await open();
      await page.evaluate(`
        sounds = 0;
        AudioContext = class extends AudioContext { constructor() { super(); sounds += 1; } };
        hide = (isHidden) => { Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); };
        hide(true);`);
      agentSays('one');
      await untilTrue(() => page.evaluate<boolean>("document.title === '(1) Chat' && sounds === 1"));
      agentSays('two');
      await untilTrue(() => page.evaluate<boolean>("document.title === '(2) Chat' && sounds === 2"));
      await page.evaluate('hide(false)');
      await untilTrue(() => page.evaluate<boolean>("document.title === 'Chat'"));
      // Where the reader left off.
      await page.locator('.unread').waitFor();
      await page.getByRole('button', { name: 'Sound is on' }).click();
      await page.evaluate('hide(true)');
      agentSays('three');
      await untilTrue(() => page.evaluate<boolean>("document.title === '(1) Chat'"));
      expect(await page.evaluate('sounds')).toBe(2);
    },
    PATIENCE_MS,
  );

  it(
    'has no control that is smaller than a finger needs',
    async () => {
      await open();
      const small = () =>
        page.locator('button, input:not(.unseen), textarea, label:has(input.unseen), a.attachment').evaluateAll((controls) =>
          controls.flatMap((control) => {
            const { getBoundingClientRect, outerHTML } = control as unknown as {
              getBoundingClientRect: () => { width: number; height: number };
              outerHTML: string;
            };
            const { width, height } = getBoundingClientRect.call(control);
            return width > 0 && (width < 44 || height < 44) ? [`${width} × ${height}: ${outerHTML}`] : [];
          }),
        );
      gateway.simulator.centre.agentSays(id, {
        text: 'Choose',
        attachments: [],
        cards: [{ contentType: 'application/8x8.quick.replies', content: { options: [{ title: 'A' }, { title: 'A' }] } }],
      });
      await page.getByRole('group', { name: 'Suggested answers' }).waitFor();
      expect(await small()).toEqual([]);
      await give('drop', 'a.txt', 'text/plain');
      await page.getByRole('link', { name: 'a.txt' }).waitFor();
      await give('drop', 'setup.exe', 'application/x-msdownload');
      await page.getByRole('alert').filter({ hasText: 'setup.exe' }).waitFor();
      gateway.simulator.centre.agentLeaves(id);
      await page.locator('.star').filter({ hasText: '5 stars' }).click();
      expect(await small()).toEqual([]);
      await page.getByRole('button', { name: 'New chat' }).click();
      await page.getByLabel('Your name').waitFor();
      expect(await small()).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'speaks Arabic from right to left',
    async () => {
      ({ page, faults } = await openPage(browser, `${new URL(gateway.urls.graphqlUrl).origin}/demo/#language=ar`, PHONE));
      await page.getByLabel('اسمك').fill('Mia');
      await page.getByRole('button', { name: 'ابدأ المحادثة' }).click();
      const field = page.getByRole('textbox', { name: 'رسالتك' });
      await field.fill('Hello');
      await field.press('Enter');
      await said(page, 'Hello').waitFor();
      await page.getByText('تم التسليم').waitFor();
      expect(await page.evaluate('[document.documentElement.dir, document.documentElement.lang]')).toEqual(['rtl', 'ar']);
      const own = await page.locator('.own .bubble').boundingBox();
      // At the left, where a reader of Arabic looks for the end of a line.
      expect(own?.x ?? 999).toBeLessThan(100);
    },
    PATIENCE_MS,
  );

  it(
    'stays smooth with 10,000 messages',
    async () => {
      await open();
      agentSays('line');
      await said(page, 'line').waitFor();
      await page.route('**/graphql', async (route) => {
        if (!(route.request().postData() ?? '').includes('"operationName":"Conversation"')) return route.continue();
        const response = await route.fetch();
        const answer = (await response.json()) as { data: { conversation: { messages: { nodes: { id: string; text: string }[] } } } };
        const { messages } = answer.data.conversation;
        const [line] = messages.nodes;
        if (line) messages.nodes = Array.from({ length: 10_000 }, (_, index) => ({ ...line, id: `m${index}`, text: `line ${index}` }));
        await route.fulfill({ response, json: answer });
      });
      await page.reload();
      await said(page, 'line 9999').waitFor();
      await untilTrue(() => isAtEnd(page));
      expect(await page.locator('[data-message-id]').count()).toBeLessThan(120);
      // Through all of it in 60 frames, each of which renders other messages.
      const slowest = await page.evaluate<number>(`new Promise((resolve) => {
        const list = document.querySelector('.transcript');
        const step = list.scrollHeight / 60;
        let [frames, before, slowest] = [0, performance.now(), 0];
        const frame = (now) => {
          slowest = Math.max(slowest, now - before);
          before = now;
          list.scrollTop -= step;
          frames += 1;
          if (frames < 60) requestAnimationFrame(frame); else resolve(slowest);
        };
        requestAnimationFrame(frame);
      })`);
      expect(await page.locator('[data-message-id]').count()).toBeLessThan(120);
      // With all messages in the page a single frame takes seconds.
      expect(slowest).toBeLessThan(1_000);
      const typed = await page.evaluate<number>(
        `(() => { const from = performance.now(); document.querySelector('textarea').dispatchEvent(new Event('input', { bubbles: true })); return performance.now() - from; })()`,
      );
      expect(typed).toBeLessThan(200);
    },
    PATIENCE_MS,
  );
}
