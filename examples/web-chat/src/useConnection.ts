import { useSyncExternalStore } from 'react';
import { connection } from './connection';

/** Whether the gateway is reachable. */
export const useConnection = (): boolean => useSyncExternalStore(connection.subscribe, connection.isConnected);
