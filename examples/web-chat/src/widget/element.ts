import type { ChatModule, MountOptions } from './contract';
import { element, icon, keepFocusWithin } from './dom';
import { CONVERSATION, local, session } from '../storage';
import { LOOK } from './look';
import { registerReaderSize } from './reader-size';
import { isRightToLeft, wordsOf } from './words';

type TokenSource = () => string | null | Promise<string | null>;

const SPEECH_BUBBLE = 'M4 5h16v11H10l-5 4v-4H4z';
const CROSS = 'M6 6l12 12M18 6 6 18';
const PANEL = 'panel';
/** In `session`: the chat was opened in this tab. */
const USED = 'chat.used';

/** Defines `<chat-widget>`, once per page. `chatUrl`: the module that is loaded when one is first opened. */
export function defineChatWidget(chatUrl: string): void {
  if (customElements.get('chat-widget') !== undefined) return;
  registerReaderSize();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  customElements.define(
    'chat-widget',
    class extends ChatWidget {
      protected readonly sheet = sheet;
      protected readonly chatUrl = chatUrl;
    },
  );
}

/**
 * A launcher, and a dialog with the chat. Attributes: `gateway` (required), `channel`, `language`, `label`, `token` (the name of a global function that returns a token). Events:
 * `chat-open`, `chat-close`, `chat-unread` (`detail`: how many messages).
 */
export abstract class ChatWidget extends HTMLElement {
  /** Called for each connection and request; instead of the attribute of this name. */
  token: TokenSource | null = null;
  protected abstract readonly sheet: CSSStyleSheet;
  protected abstract readonly chatUrl: string;
  readonly #listeners = new Set<() => void>();
  #isOpen = false;
  #parts: Parts | null = null;
  #unmount: (() => void) | null = null;
  #isLoading = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  connectedCallback(): void {
    this.#parts ??= this.#build();
    // Whoever goes on to another page of the site in mid-conversation sees there what is answered.
    if (session.getItem(USED) !== null && local.getItem(CONVERSATION) !== null) whenIdle(() => this.#loadOnce());
  }

  disconnectedCallback(): void {
    // Not if it was only moved.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#unmount?.();
      this.#unmount = null;
    });
  }

  show(): void {
    const { panel, place } = this.#setOpen(true);
    session.setItem(USED, 'yes');
    this.#loadOnce();
    (place.querySelector<HTMLElement>('textarea, input') ?? panel).focus();
  }

  hide(): void {
    this.#setOpen(false).launcher.focus();
  }

  #setOpen(isOpen: boolean): Parts {
    const parts = (this.#parts ??= this.#build());
    if (isOpen !== this.#isOpen) {
      this.#isOpen = isOpen;
      parts.panel.hidden = !isOpen;
      parts.launcher.setAttribute('aria-expanded', String(isOpen));
      parts.launcher.querySelector('path')?.setAttribute('d', isOpen ? CROSS : SPEECH_BUBBLE);
      for (const listener of this.#listeners) listener();
      this.#emit(isOpen ? 'chat-open' : 'chat-close');
    }
    return parts;
  }

  get #language(): string {
    return this.getAttribute('language') ?? (document.documentElement.lang || navigator.language);
  }

  #build(): Parts {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [this.sheet];
    const words = wordsOf(this.#language);
    const label = this.getAttribute('label') ?? words.open;
    const direction = isRightToLeft(this.#language) ? 'rtl' : 'ltr';
    const count = element('span', { class: 'widget-count', 'aria-hidden': 'true' });
    const launcher = element(
      'button',
      { class: 'widget-launcher', type: 'button', 'aria-expanded': 'false', 'aria-controls': PANEL, 'aria-label': label },
      icon(SPEECH_BUBBLE),
      count,
    );
    const close = element('button', { class: 'widget-close', type: 'button', 'aria-label': words.close }, icon(CROSS));
    const place = element('div', { class: 'widget-place' });
    const panel = element(
      'div',
      { class: 'widget-panel', id: PANEL, role: 'dialog', 'aria-label': label, tabindex: '-1', hidden: '' },
      element('div', { class: 'widget-bar' }, element('p', {}, label), close),
      place,
    );
    launcher.addEventListener('click', () => (this.#isOpen ? this.hide() : this.show()));
    close.addEventListener('click', () => this.hide());
    panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.hide();
      if (event.key === 'Tab') keepFocusWithin(panel, root, event);
    });
    root.replaceChildren(element('div', { class: 'widget', lang: this.#language, dir: direction }, launcher, panel));
    return { root, launcher, panel, place, count, label };
  }

  #loadOnce(): void {
    if (this.#unmount === null && !this.#isLoading && this.isConnected) void this.#load();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    const { place } = this.#parts ?? this.#build();
    const words = wordsOf(this.#language);
    place.replaceChildren(element('div', { class: 'widget-note', role: 'status' }, element('p', {}, words.loading)));
    try {
      const options = this.#options();
      const { mount } = (await import(/* @vite-ignore */ this.chatUrl)) as ChatModule;
      if (this.#unmount !== null || !this.isConnected) return;
      place.replaceChildren();
      this.#unmount = mount(options);
    } catch (error) {
      // For the page's developer.
      console.warn('chat-widget:', error);
      const again = element('button', { type: 'button' }, words.again);
      again.addEventListener('click', () => void this.#load());
      place.replaceChildren(element('div', { class: 'widget-note', role: 'alert' }, element('p', {}, words.failed), again));
    } finally {
      this.#isLoading = false;
    }
  }

  /** @throws Error that names a missing or wrong attribute */
  #options(): MountOptions {
    const { root, place } = this.#parts ?? this.#build();
    const gateway = this.getAttribute('gateway') ?? '';
    if (!URL.canParse(gateway, document.baseURI)) throw new Error(`gateway must be the URL of a gateway; got "${gateway}"`);
    return {
      root,
      place,
      // As a folder, whether or not there is a slash at its end.
      gateway: new URL(gateway.replace(/\/?$/, '/'), document.baseURI).href,
      channelId: this.getAttribute('channel'),
      language: this.#language,
      token: () => this.#requestToken(),
      isOpen: () => this.#isOpen,
      onOpenChange: (changed) => {
        this.#listeners.add(changed);
        return () => this.#listeners.delete(changed);
      },
      onUnread: (count) => this.#showUnread(count),
    };
  }

  #requestToken(): string | null | Promise<string | null> {
    if (this.token !== null) return this.token();
    const name = this.getAttribute('token');
    if (name === null) return null;
    const source: unknown = (window as unknown as Record<string, unknown>)[name];
    if (typeof source !== 'function') throw new Error(`token must be the name of a global function; there is no ${name}`);
    return (source as TokenSource)();
  }

  #showUnread(unread: number): void {
    if (this.#parts === null) return;
    const { launcher, count, label } = this.#parts;
    count.textContent = unread === 0 ? '' : String(Math.min(unread, 99));
    launcher.setAttribute('aria-label', unread === 0 ? label : `${label} (${wordsOf(this.#language).unread(unread)})`);
    this.#emit('chat-unread', unread);
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

/** After the page's own work. Safari has no `requestIdleCallback`. */
const whenIdle = (act: () => void): void =>
  typeof requestIdleCallback === 'function' ? void requestIdleCallback(act, { timeout: 3_000 }) : void setTimeout(act, 1_000);

interface Parts {
  readonly root: ShadowRoot;
  readonly launcher: HTMLButtonElement;
  readonly panel: HTMLElement;
  readonly place: HTMLElement;
  readonly count: HTMLElement;
  readonly label: string;
}
