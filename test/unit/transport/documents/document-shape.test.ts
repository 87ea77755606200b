import { parse } from 'graphql';
import { measureShape } from '../../../../src/transport/documents/document-shape.js';

it.each<[string, string, object]>([
  ['counts levels of fields, and no fragment as a level', '{ a { ... { b { c } } d } }', { depth: 3, selections: 5 }],
  ['counts aliases', '{ x: a y: a { z: b } }', { aliases: 3 }],
  [
    'counts directives, wherever they are',
    'query($v: Int @d) @d { a @d @d ... @d { b } ...F @d } fragment F on T @d { c @d }',
    { directives: 7 },
  ],
  [
    'counts a fragment wherever it is spread',
    '{ a { ...F } b { ...F } } fragment F on T { x: c { d } }',
    { selections: 8, depth: 3, aliases: 2 },
  ],
  ['takes the greatest of several operations', 'query A { a { b } } query B { x: c }', { depth: 2, aliases: 1 }],
  ['counts fragments that nothing spreads', '{ a } fragment F on T { b { c { d } } }', { depth: 3 }],
  [
    'does not count levels under introspection',
    '{ __schema { types { fields { type { ofType { name } } } } } }',
    { depth: 1, selections: 6 },
  ],
  ['gets to the end of fragments in a circle', '{ ...A } fragment A on T { a ...B } fragment B on T { b ...A }', { depth: 1 }],
  ['takes fragments that are missing as empty', '{ ...A }', { depth: 0, selections: 1 }],
])('%s', (_what, text, expected) => {
  expect(measureShape(parse(text))).toMatchObject(expected);
});

it('counts what fragments multiply to without walking it', () => {
  const levels = Array.from({ length: 60 }, (_, n) => `fragment F${n} on T { ...F${n + 1} ...F${n + 1} }`).join(' ');
  const { selections } = measureShape(parse(`{ ...F0 } ${levels} fragment F60 on T { a }`));
  expect(selections).toBeGreaterThan(2 ** 60);
});
