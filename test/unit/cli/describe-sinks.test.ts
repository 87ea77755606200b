import { describeRetry, describeStatus } from '../../../src/cli/describe-sinks.js';

const NOW = Date.parse('2026-11-30T03:00:00.000Z');
const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1_000).toISOString();
type Status = Parameters<typeof describeStatus>[0];
const status = (more: Partial<Status> = {}): Status => ({
  ...{ sink: 'crm', disabled: null, shards: 8, ownedShards: 8, behindSince: null },
  ...{ acceptedAt: at(3), lastFailure: null, unknownChannels: [], deadLetterCount: 0, deadLetters: [] },
  ...more,
});
const describeLines = (more: Partial<Status> = {}) => describeStatus(status(more), NOW).trimEnd().split('\n');

describe('sinks status', () => {
  it('says that all is well', () => {
    expect(describeLines()).toEqual([
      'crm: up to date',
      '  waiting        nothing',
      '  last accepted  2026-11-30T02:59:57.000Z (3 s ago)',
      '  last failure   none',
      '  shards         8 of 8 are delivered by running gateways',
      '  dead letters   0',
    ]);
  });

  it('says why attempts fail, since when, and what to do', () => {
    const lines = describeLines({ behindSince: at(1_100), acceptedAt: at(1_101), lastFailure: { at: at(5), reason: 'HTTP 503' } });
    expect(lines[0]).toBe('crm: failing');
    expect(lines).toContain('  waiting        events received since 2026-11-30T02:41:40.000Z (18 min ago)');
    expect(lines).toContain('  last failure   2026-11-30T02:59:55.000Z (5 s ago): HTTP 503');
    expect(lines.at(-1)).toMatch(/^ {2}-> it is tried again by itself, .* docs\/runbook.md, "Sink behind"$/);
  });

  it('does not call a sink failing that has accepted an event since', () => {
    const lastFailure = { at: at(5), reason: 'HTTP 503' };
    expect(describeLines({ behindSince: at(9), acceptedAt: at(4), lastFailure })[0]).toBe('crm: delivering what waits');
    expect(describeLines({ lastFailure, acceptedAt: at(60) })[0]).toBe('crm: up to date');
    expect(describeLines({ behindSince: at(9), acceptedAt: null, lastFailure })[0]).toBe('crm: failing');
  });

  it('says which channels do not exist, and what to do', () => {
    const lines = describeLines({ unknownChannels: ['c8', 'c9'] });
    expect(lines[0]).toBe('crm: up to date, but with channels that do not exist');
    expect(lines).toContain('  channels       the contact centre has none with the id c8, c9');
    expect(lines.at(-1)).toMatch(/^ {2}-> its channelIds in SINKS_FILE are wrong/);
    expect(describeLines({ unknownChannels: ['c8'], deadLetterCount: 1 })[0]).toBe(
      'crm: up to date, but for dead letters and with channels that do not exist',
    );
    expect(describeLines({ unknownChannels: ['c8'], behindSince: at(9) })[0]).toBe(
      'crm: delivering what waits, but with channels that do not exist',
    );
  });

  it('says that no gateway delivers, and how to enable a sink and to send dead letters again', () => {
    expect(describeLines({ ownedShards: 0 })).toEqual(
      expect.arrayContaining(['crm: not delivered by any gateway', expect.stringContaining('-> is a gateway running')]),
    );
    expect(describeLines({ ownedShards: 5 })[0]).toBe('crm: in part not delivered by any gateway');
    const disabled = describeLines({ disabled: { at: at(60), reason: 'the receiver answered 410 Gone' }, deadLetterCount: 1 });
    expect(disabled[0]).toBe('crm: disabled since 2026-11-30T02:59:00.000Z: the receiver answered 410 Gone');
    expect(disabled.at(-1)).toMatch(/once it wants events again: chat-graphql-gateway sinks retry --sink crm$/);
    const letter = { eventId: 'e1', conversationId: null, type: 'MESSAGE_ADDED', failedAt: at(7_300), attempts: 9, reason: 'HTTP 422' };
    const dead = describeLines({ deadLetterCount: 30, deadLetters: Array(25).fill(letter) as Status['deadLetters'] });
    expect(dead[0]).toBe('crm: up to date, but for dead letters');
    expect(dead).toContain(`    ${at(7_300)}  e1  MESSAGE_ADDED  conversation -  9 attempts, the last: HTTP 422`);
    expect(dead.slice(-2)).toEqual([
      '    … and 10 more (--json lists them)',
      '  -> to send the dead letters again: chat-graphql-gateway sinks retry --sink crm',
    ]);
  });
});

it('sinks retry says how many', () => {
  expect(describeRetry({ sink: 'crm', enabled: true, requested: 1 })).toBe('crm: enabled; 1 dead letter will be sent again\n');
  expect(describeRetry({ sink: 'crm', enabled: false, requested: 2 })).toBe('crm: 2 dead letters will be sent again\n');
  expect(describeRetry({ sink: 'crm', enabled: true, requested: 0 })).toBe('crm: enabled; no dead letters to send again\n');
});
