import type { Frame } from '../frame';

/** What the loader passes to the chat, which is a module of its own. */
export interface MountOptions extends Frame {
  /** Of the custom element; the chat adds its style sheet. */
  readonly root: ShadowRoot;
  /** Where the chat is rendered. */
  readonly place: HTMLElement;
  /** Base URL of the gateway. */
  readonly gateway: string;
  readonly channelId: string | null;
  readonly language: string;
  readonly token: () => string | null | Promise<string | null>;
}

/** The module that is loaded when the chat is first opened. */
export interface ChatModule {
  /** Renders the chat; returns a function that removes it. */
  mount(options: MountOptions): () => void;
}
