/** Whether the gateway is reachable, as a store for `useSyncExternalStore`. */
let isConnected = true;
const listeners = new Set<() => void>();

export const connection = {
  isConnected: (): boolean => isConnected,

  set(now: boolean): void {
    isConnected = now;
    for (const listener of listeners) listener();
  },

  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
