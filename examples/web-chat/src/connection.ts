/** Whether the gateway is within reach, for all who want to know: `false` once it is lost, until it is there again. */
let isConnected = true;
const listeners = new Set<() => void>();

export const connection = {
  isConnected: (): boolean => isConnected,

  tell(now: boolean): void {
    isConnected = now;
    for (const listener of listeners) listener();
  },

  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
