import { useSyncExternalStore } from 'react';
import { connection } from './connection';

/** Whether the gateway is within reach: `false` once it is lost, until it is there again. */
export const useConnection = (): boolean => useSyncExternalStore(connection.subscribe, connection.isConnected);
