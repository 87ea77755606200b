import { IMPORT_MARGIN_MS } from '../../../src/domain/healing.js';
import { findExpectedFrom } from '../../../src/domain/import-boundary.js';
import type { ParticipantType } from '../../../src/domain/conversation.js';

const T = Date.parse('2026-11-30T10:00:00Z');
const at = (ms: number) => new Date(T + ms);
const message = (ms: number, type: ParticipantType = 'CUSTOMER') => ({
  author: { participantId: 'p', type, name: null, language: null, removed: null },
  createdAt: at(ms),
});
const expectedFrom = (from: number, started: readonly number[], ...messages: ReturnType<typeof message>[]) =>
  findExpectedFrom(
    at(from),
    { createdAt: null },
    started.map((ms) => ({ startedAt: at(ms) })),
    messages,
  ).getTime() - T;

describe('findExpectedFrom', () => {
  it('leaves alone what may have been imported when the conversation was created', () => {
    expect(expectedFrom(-60_000, [500], message(0), message(1, 'BOT'))).toBe(IMPORT_MARGIN_MS);
    expect(expectedFrom(-60_000, [0], message(5_000))).toBe(IMPORT_MARGIN_MS);
    expect(expectedFrom(-60_000, [], message(0))).toBe(IMPORT_MARGIN_MS);
  });

  it('goes by the earliest sign of the conversation, though its first interaction begins long after its first message', () => {
    expect(expectedFrom(-60_000, [600_000], message(0), message(300_000, 'BOT'))).toBe(IMPORT_MARGIN_MS);
  });

  it('knows that agents’ messages, and what follows them, are not imported', () => {
    expect(expectedFrom(-60_000, [0], message(0), message(900, 'AGENT'), message(1_000))).toBe(900);
    expect(expectedFrom(-60_000, [0], message(0), message(0, 'AGENT'), message(1_000))).toBe(IMPORT_MARGIN_MS);
  });

  it('asks for nothing from before the time that is looked into', () => {
    expect(expectedFrom(60_000, [0], message(0), message(900, 'AGENT'))).toBe(60_000);
    expect(expectedFrom(60_000, [])).toBe(60_000);
  });
});
