import { parse } from 'graphql';
import { countFieldPairs } from '../../../../src/transport/documents/field-pairs.js';

it.each<[string, string, number]>([
  ['nothing where every name is selected once', '{ a { b c } d }', 0],
  ['a field that is repeated', '{ a a a a }', 6],
  ['fields aliased to one name', '{ x: a x: a b }', 1],
  ['fields in inline fragments', '{ a ... { a } ... on T { a } }', 3],
  ['fields in fragments, wherever these are spread', '{ a ...F ...G } fragment F on T { a } fragment G on T { a ...F }', 3 + 3 + 1],
  ['fields that come together by the fields above them', '{ a { b } a { b } a { c { d } c { d } } }', 3 + 1 + 1 + 1],
  ['the fields of all operations, and of each fragment by itself', 'query A { a a } query B { ...F } fragment F on T { b b b }', 1 + 3 + 3],
  ['no fields of one name on different objects', '{ a { x } b { x } }', 0],
])('counts %s', (_what, text, pairs) => {
  expect(countFieldPairs(parse(text))).toBe(pairs);
});
