/** The part of `Storage` used here. */
export interface KeptStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The tab's own storage, which survives a reload; memory if there is none, or if it is blocked or full. */
export function sessionStorageOrMemory(): KeptStorage {
  const memory = new Map<string, string>();
  const attempt = <T>(act: (storage: KeptStorage) => T): T | undefined => {
    try {
      const { sessionStorage } = globalThis as { readonly sessionStorage?: KeptStorage };
      return sessionStorage && act(sessionStorage);
    } catch {
      return undefined;
    }
  };
  return {
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? null,
    setItem: (key, value) => {
      memory.set(key, value);
      attempt((storage) => storage.setItem(key, value));
    },
  };
}
