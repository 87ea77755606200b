import { connectionType } from './connection.js';
import { Channel } from './channel.js';

export const ChannelConnection = connectionType('Channel', () => Channel);
