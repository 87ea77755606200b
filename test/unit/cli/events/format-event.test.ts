import { parse, validate } from 'graphql';
import { eventLine, EVENT_FIELDS } from '../../../../src/cli/events/format-event.js';
import { EVENT_TYPES } from '../../../../src/domain/events/event-table.js';
import { buildSchema } from '../../../../src/resolvers/build-schema.js';

const query = `{ conversation(id: "c1") { events(last: 1) { nodes { ...EventFields } } } } ${EVENT_FIELDS}`;
const occurredAt = '2026-01-01T00:00:00.000Z';
const shared = { __typename: 'X', id: 'e1', conversationId: 'c1', occurredAt, source: 'WEBHOOK', replayed: false, cursor: 'x' };

describe('format-event', () => {
  it('selects fields that the schema has', () => {
    expect(validate(buildSchema(), parse(query))).toEqual([]);
  });

  it.each([...EVENT_TYPES, 'TYPE_OF_A_NEWER_GATEWAY', 'constructor'])('writes %s on one line', (type) => {
    const line = '2026-01-01T00:00:00.000Z  c1  ' + type;
    expect(eventLine({ ...shared, type, title: 'a\nb', reason: null }, false)).toBe(`${line}  title="a\\nb"`);
    expect(eventLine({ ...shared, type }, true)).toContain(type);
  });

  it.each([
    [{ source: 'HISTORY' }, ' (history)'],
    [{ source: 'GATEWAY', replayed: true }, ' (replayed, gateway)'],
    [{ replayed: true }, ' (replayed)'],
  ])('marks %j', (differing, mark) => {
    const line = eventLine({ ...shared, ...differing, type: 'MESSAGE_ADDED' }, false);
    expect(line).toBe(`${occurredAt}${mark}  c1  MESSAGE_ADDED`);
  });
});
