import type { RawData, WebSocket } from 'ws';
import type { FairScheduler } from './fair-scheduler.js';

/** How many messages of one socket may wait before reading from it is paused. */
const MAX_WAITING = 64;

/**
 * Queues a socket's `subscribe` messages in the scheduler before they are processed. When thousands of clients reconnect, starting all of them together would keep their
 * state alive through every garbage collection while live events wait. Later messages of the same socket wait behind them; other sockets' do not.
 * Call it after the socket's message listeners were added.
 */
export function admitFairly(socket: WebSocket, scheduler: FairScheduler): void {
  const listeners = socket.listeners('message') as ((this: WebSocket, data: RawData, isBinary: boolean) => void)[];
  let waiting = 0;
  const deliver = (data: RawData, isBinary: boolean) => {
    for (const listener of listeners) listener.call(socket, data, isBinary);
  };
  const admit = (data: RawData, isBinary: boolean) => {
    waiting -= 1;
    if (socket.isPaused) socket.resume();
    // Closing the socket ended its operations; one started now would never end.
    if (socket.readyState === socket.OPEN) deliver(data, isBinary);
  };
  socket.removeAllListeners('message').on('message', (data, isBinary) => {
    if (waiting === 0 && !mayBeSubscribe(data as Buffer)) {
      deliver(data, isBinary);
      return;
    }
    waiting += 1;
    if (waiting === MAX_WAITING) socket.pause();
    scheduler.schedule(() => admit(data, isBinary));
  });
}

/** Whether a message may start a subscription, as far as its text shows unparsed: one that names its document by a hash may. */
function mayBeSubscribe(message: Buffer): boolean {
  return message.includes('"subscribe"') && (message.includes('subscription') || !message.includes('"query"'));
}
