import { channelExists } from '../../../src/datasources/channel-exists.js';
import type { ChannelReads } from '../../../src/datasources/channel-exists.js';
import { UpstreamRejectedError, UpstreamUnavailableError } from '../../../src/domain/errors.js';

const CHANNEL = { channelId: 'c' } as Awaited<ReturnType<ChannelReads['channel']>>;
const list = (...channelIds: string[]) =>
  ({ items: channelIds.map((channelId) => ({ channelId })) }) as unknown as Awaited<ReturnType<ChannelReads['conversations']>>;

const exists = (channel: ChannelReads['channel'], conversations: ChannelReads['conversations']) =>
  channelExists({ channel, conversations }, 'c');
const none = () => Promise.resolve(null);
const unavailable = () => Promise.reject(new UpstreamUnavailableError('down'));
const rejected = () => Promise.reject(new UpstreamRejectedError('no', 400));

it('reads nothing else of a channel that is there', async () => {
  expect(await exists(() => Promise.resolve(CHANNEL), unavailable)).toBe(true);
});

it('takes one for there of which there is a conversation, and asks for one of that channel', async () => {
  const asked: Parameters<ChannelReads['conversations']>[] = [];
  const conversations: ChannelReads['conversations'] = (...args) => {
    asked.push(args);
    return Promise.resolve(list('c'));
  };
  expect(await exists(none, conversations)).toBe(true);
  const filter = { channelId: 'c', status: null, customerId: null, email: null, properties: [] };
  expect(asked).toEqual([
    [
      { kind: 'first', count: 1, from: 0, before: null },
      { filter, orderBy: null },
    ],
  ]);
});

it('misses one without conversations, also where the upstream ignores the filter or rejects it', async () => {
  expect(await exists(none, () => Promise.resolve(list()))).toBe(false);
  expect(await exists(none, () => Promise.resolve(list('another')))).toBe(false);
  expect(await exists(none, rejected)).toBe(false);
});

it('does not know while the upstream cannot be read, or rejects the read of channels', async () => {
  await expect(exists(unavailable, () => Promise.resolve(list()))).rejects.toThrow(UpstreamUnavailableError);
  await expect(exists(none, unavailable)).rejects.toThrow(UpstreamUnavailableError);
  await expect(exists(rejected, () => Promise.resolve(list()))).rejects.toThrow(UpstreamRejectedError);
});
