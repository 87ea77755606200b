/** What the loader passes to the chat, which is a module of its own. */
export interface MountOptions {
  /** Of the custom element; the chat adds its style sheet. */
  readonly root: ShadowRoot;
  /** Where the chat is rendered. */
  readonly place: HTMLElement;
  /** Base URL of the gateway. */
  readonly gateway: string;
  readonly channelId: string | null;
  readonly language: string;
  readonly token: () => string | null | Promise<string | null>;
  /** Whether the reader can see the chat. */
  readonly isOpen: () => boolean;
  /** Calls `changed` when that changes; returns a function that stops it. */
  readonly onOpenChange: (changed: () => void) => () => void;
  readonly onUnread: (count: number) => void;
}

/** The module that is loaded when the chat is first opened. */
export interface ChatModule {
  /** Renders the chat; returns a function that removes it. */
  mount(options: MountOptions): () => void;
}
