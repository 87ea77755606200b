import type { RawData, WebSocket } from 'ws';
import type { FairScheduler } from './fair-scheduler.js';

/** How many messages of one socket may wait before no more is read of it. */
const MAX_WAITING = 64;

/**
 * Has the requests to subscribe of a socket wait for their turn before anything is made of them: thousands who come back ask in the same moment, and what is begun for
 * all of them together is carried along by each collection of garbage, while live events wait. What follows on the same socket waits behind them; nothing else does.
 * To be called once the socket's listeners for messages are there.
 */
export function admitFairly(socket: WebSocket, turns: FairScheduler): void {
  const listeners = socket.listeners('message') as ((this: WebSocket, data: RawData, isBinary: boolean) => void)[];
  let waiting = 0;
  const deliver = (data: RawData, isBinary: boolean) => {
    for (const listener of listeners) listener.call(socket, data, isBinary);
  };
  const admit = (data: RawData, isBinary: boolean) => {
    waiting -= 1;
    if (socket.isPaused) socket.resume();
    // Its operations were ended when it was closed: what began now would not be.
    if (socket.readyState === socket.OPEN) deliver(data, isBinary);
  };
  socket.removeAllListeners('message').on('message', (data, isBinary) => {
    if (waiting === 0 && !mayBeSubscribe(data as Buffer)) {
      deliver(data, isBinary);
      return;
    }
    waiting += 1;
    if (waiting === MAX_WAITING) socket.pause();
    turns.schedule(() => admit(data, isBinary));
  });
}

/** Whether it may ask for a subscription, as far as that can be known without parsing it: one that names its document by a hash may. */
function mayBeSubscribe(message: Buffer): boolean {
  return message.includes('"subscribe"') && (message.includes('subscription') || !message.includes('"query"'));
}
