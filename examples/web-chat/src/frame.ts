/** What the chat is shown in: a page of its own, or the panel of a widget. */
export interface Frame {
  /** Whether it is open; a page always is. */
  readonly isOpen: () => boolean;
  /** Calls `changed` when that changes; returns a function that stops it. */
  readonly onOpenChange: (changed: () => void) => () => void;
  readonly onUnread: (count: number) => void;
}

export const PAGE: Frame = { isOpen: () => true, onOpenChange: () => () => undefined, onUnread: () => undefined };

/** Whether the reader can see the chat, as a store for `useSyncExternalStore`. */
export interface Visibility {
  readonly isVisible: () => boolean;
  readonly subscribe: (changed: () => void) => () => void;
}

export function visibilityIn({ isOpen, onOpenChange }: Frame): Visibility {
  return {
    isVisible: () => isOpen() && !document.hidden,
    subscribe: (changed) => {
      const stop = onOpenChange(changed);
      document.addEventListener('visibilitychange', changed);
      return () => {
        stop();
        document.removeEventListener('visibilitychange', changed);
      };
    },
  };
}
