import { useSyncExternalStore } from 'react';
import { socket } from './apollo';

/** Whether the gateway is within reach, as far as the socket tells: `false` once it is lost, until it is there again. */
export function useConnection(): boolean {
  return useSyncExternalStore(subscribe, () => isConnected);
}

let isConnected = true;
const listeners = new Set<() => void>();

function tell(now: boolean): void {
  isConnected = now;
  for (const listener of listeners) listener();
}

socket.on('connected', () => tell(true));
socket.on('closed', () => tell(false));
window.addEventListener('offline', () => {
  tell(false);
  // A socket notices only when it next wants to say something.
  socket.terminate();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
