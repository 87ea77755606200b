import type { Logger } from '../../../src/observability/logger.js';
import { watchChannels } from '../../../src/sinks/watch-channels.js';
import type { WatchChannelsOptions, WatchedChannels } from '../../../src/sinks/watch-channels.js';
import { untilTrue } from '../../support/until.js';

/** What the contact centre says of a channel; null while it says nothing. */
let answers: Record<string, boolean | null>;
let asked: string[];
let lines: { level: string; fields: object; message: string }[];
let reports: { sink: string; channelIds: readonly string[] }[];
let storeFails: boolean;
let watched: WatchedChannels;

beforeEach(() => {
  [answers, asked, lines, reports, storeFails] = [{}, [], [], [], false];
});
afterEach(() => watched.close());

const keep = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
const logger = { warn: keep('warn'), info: keep('info') } as unknown as Logger;

function watch(...sinks: WatchChannelsOptions['sinks']): void {
  watched = watchChannels({
    sinks,
    channelExists: (id) => {
      asked.push(id);
      return Promise.resolve(answers[id] ?? null);
    },
    store: {
      reportUnknownChannels: (sink, channelIds) => {
        if (storeFails) return Promise.reject(new Error('down'));
        reports.push({ sink, channelIds });
        return Promise.resolve();
      },
    },
    logger,
    repeatMs: 5,
  });
}

it('warns once of each channel that does not exist, and reports it, until it exists', async () => {
  answers = { c1: true, c2: false, c3: false };
  watch({ sink: 'crm', channelIds: ['c1', 'c2', 'c3'] });
  await untilTrue(() => asked.filter((id) => id === 'c2').length > 3);
  expect(watched.unknownOf('crm')).toEqual(['c2', 'c3']);
  expect(lines).toEqual([
    { level: 'warn', fields: { sink: 'crm', channelId: 'c2' }, message: 'sink names a channel that the contact centre does not have' },
    { level: 'warn', fields: { sink: 'crm', channelId: 'c3' }, message: 'sink names a channel that the contact centre does not have' },
  ]);
  expect(reports).toEqual([{ sink: 'crm', channelIds: ['c2', 'c3'] }]);
  expect(asked.filter((id) => id === 'c1')).toHaveLength(1);
  answers['c2'] = true;
  await untilTrue(() => reports.length === 2);
  expect(reports[1]).toEqual({ sink: 'crm', channelIds: ['c3'] });
  expect(lines[2]).toEqual({
    level: 'info',
    fields: { sink: 'crm', channelId: 'c2' },
    message: 'the contact centre has the channel of a sink now',
  });
});

it('asks no more once all exist, and clears what was reported earlier, also of a sink without channels', async () => {
  answers = { c1: true };
  watch({ sink: 'crm', channelIds: ['c1'] }, { sink: 'push', channelIds: [] });
  await untilTrue(() => reports.length === 2);
  expect(reports).toEqual([
    { sink: 'crm', channelIds: [] },
    { sink: 'push', channelIds: [] },
  ]);
  expect(asked).toEqual(['c1']);
  expect(lines).toEqual([]);
});

it('neither warns nor reports while the contact centre cannot be asked, and keeps what it knows', async () => {
  watch({ sink: 'crm', channelIds: ['c1'] });
  await untilTrue(() => asked.length > 2);
  expect([watched.unknownOf('crm'), lines, reports]).toEqual([[], [], []]);
  answers['c1'] = false;
  await untilTrue(() => reports.length === 1);
  answers['c1'] = null;
  const before = asked.length;
  await untilTrue(() => asked.length > before + 2);
  expect(watched.unknownOf('crm')).toEqual(['c1']);
  expect(lines).toHaveLength(1);
});

it('stores a report the next time if it cannot be stored now', async () => {
  storeFails = true;
  answers = { c1: false };
  watch({ sink: 'crm', channelIds: ['c1'] });
  await untilTrue(() => asked.length > 2);
  storeFails = false;
  await untilTrue(() => reports.length === 1);
  expect(lines).toHaveLength(1);
});
