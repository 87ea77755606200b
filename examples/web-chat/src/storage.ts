/** The part of `Storage` used here. */
export type KeptStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A storage of the browser; memory where the reader or the page blocks it, or it is full. Blocked, it throws as soon as it is named. */
export function keptIn(name: 'localStorage' | 'sessionStorage'): KeptStorage {
  const memory = new Map<string, string>();
  const attempt = <T>(act: (storage: Storage) => T): T | null => {
    try {
      return act(window[name]);
    } catch {
      return null;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)),
    setItem: (key, value) => {
      // In memory only if it has to be: another tab may change what is stored.
      if (attempt((storage) => (storage.setItem(key, value), true)) === null) memory.set(key, value);
      else memory.delete(key);
    },
    removeItem: (key) => {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key));
    },
  };
}

/** Of this browser. */
export const local = keptIn('localStorage');
/** Of this tab. */
export const session = keptIn('sessionStorage');

/** Holds the id of the customer's conversation in `local`. */
export const CONVERSATION = 'chat.conversation';
