import { Kind, getIntrospectionQuery, parse, print, visit } from 'graphql';
import type { DocumentNode, SelectionSetNode } from 'graphql';
import { buildSchema } from '../../../../src/resolvers/build-schema.js';
import { ValidDocument, DocumentCache } from '../../../../src/transport/documents/document-cache.js';
import { AutomaticPersistedQueries } from '../../../../src/transport/documents/persisted-documents.js';
import * as operations from '../../../operations/operations.generated.js';

const documents = new DocumentCache({ schema: buildSchema(), introspection: true, source: new AutomaticPersistedQueries() });

function judged(query: string): unknown {
  const found = documents.find({ query });
  if (found === null || found instanceof ValidDocument) return found === null ? null : 'accepted';
  return found.errors.map(({ message, extensions, originalError }) => ({
    code: extensions['code'] ?? (originalError as { code?: string } | undefined)?.code ?? found.code,
    message,
  }));
}

const repeated = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n)).join(' ');
const conversation = (selections: string) => `{ conversation(id: "c") { ${selections} } }`;

/** Each of them takes validation hundreds of milliseconds; no field of them exists, which nobody may find out first. */
const MANY_PAIRS: readonly (readonly [string, string])[] = [
  ['a field that is repeated', conversation(repeated(600, () => 'x'))],
  ['a field that is repeated by one alias', conversation(repeated(25, () => `a: x ${repeated(20, () => 'a')}`))],
  ['a field in many inline fragments', conversation(repeated(400, () => '... { x }'))],
  [
    'a field in many fragments',
    `${conversation(repeated(150, (n) => `...F${n}`))} ${repeated(150, (n) => `fragment F${n} on Conversation { x }`)}`,
  ],
  ['a fragment that is spread many times', `${conversation(repeated(400, () => '...F'))} fragment F on Conversation { x }`],
  ['fields that all select the same', `{ ${repeated(150, () => 'conversation(id: "c") { x }')} }`],
  ['pairs below pairs', conversation(repeated(90, () => 'channel { webhook { x } }'))],
  ['pairs in each of many operations', repeated(6, (n) => `query Q${n} { ${repeated(60, () => 'viewer { x }')} }`)],
  [
    'pairs in fragments that nothing spreads',
    `{ viewer { role } } ${repeated(5, (n) => `fragment F${n} on Viewer { ${repeated(100, () => 'x')} }`)}`,
  ],
];

it.each(MANY_PAIRS)('rejects a document with %s before it validates it, whatever its comment', (_what, text) => {
  for (const comment of ['# one', '# another'])
    expect(judged(`${comment}\n${text}`)).toEqual([
      { code: 'QUERY_TOO_COMPLEX', message: expect.stringMatching(/too complex \(fieldPairs: \d+, at most 10000\)/) },
    ]);
});

const TYPENAME = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;
/** As Apollo Client adds it to every selection set but an operation's own. */
const withTypenames = (document: DocumentNode): DocumentNode =>
  visit(document, { Field: withTypename, InlineFragment: withTypename, FragmentDefinition: withTypename });
function withTypename<T extends { readonly selectionSet?: SelectionSetNode | undefined }>(node: T): T | undefined {
  const { selectionSet } = node;
  return selectionSet && { ...node, selectionSet: { ...selectionSet, selections: [...selectionSet.selections, TYPENAME] } };
}

const generated = Object.entries(operations).filter(
  (entry): entry is [string, DocumentNode] => 'definitions' in entry[1] && /Document$/.test(entry[0]),
);
it('accepts all operations that a code generator made of documents with fragments', () => {
  expect(generated.length).toBeGreaterThan(30);
  for (const [name, document] of generated) expect([name, judged(print(withTypenames(document)))]).toEqual([name, 'accepted']);
});

it('accepts what components make of fragments, with `__typename` in each', () => {
  const types = ['AgentJoined', 'AgentLeft', 'CustomerJoined', 'CustomerLeft', 'InteractionQueued', 'InteractionEnded', 'MessageAdded'];
  const component = (n: number) =>
    `fragment Component${n} on ConversationEvent { id occurredAt ${repeated(types.length, (index) => `... on ${types[index] ?? ''} { id occurredAt conversation { id } }`)} }`;
  const spread = repeated(6, (n) => `...Component${n}`);
  const document = parse(`{ conversation(id: "c") { events(last: 5) { nodes { ${spread} } } } } ${repeated(6, component)}`);
  expect(judged(print(withTypenames(document)))).toBe('accepted');
});

it('rejects a document of many fragments that all spread a large one', () => {
  const large = `fragment Large on Conversation { ${repeated(300, (n) => `x${n}`)} }`;
  const text = `${conversation('...F0')} ${large} ${repeated(100, (n) => `fragment F${n} on Conversation { ...Large }`)}`;
  expect(judged(text)).toEqual([
    { code: 'QUERY_TOO_COMPLEX', message: 'The document is too complex (allSelections: 30703, at most 20000).' },
  ]);
});

it('accepts the introspection query', () => {
  expect(judged(getIntrospectionQuery())).toBe('accepted');
});

it('reports fragments in a circle, and nothing else', () => {
  const text = `{ ...A ${repeated(500, () => 'x')} } fragment A on Query { ...B } fragment B on Query { ...A }`;
  expect(judged(text)).toEqual([{ code: 'GRAPHQL_VALIDATION_FAILED', message: 'Cannot spread fragment "A" within itself via "B".' }]);
});

const events = (selection: string, variables = '') =>
  `subscription ${variables} { ${selection} } fragment F on Subscription { allConversationEvents { id } }`;
it.each([
  ['@skip', events('allConversationEvents @skip(if: $s) { id } ...F', '($s: Boolean!)')],
  ['@include', events('allConversationEvents @include(if: $s) { id } ...F', '($s: Boolean!)')],
  ['@include', events('...F @include(if: $s)', '($s: Boolean!)')],
  ['@skip', events('... @skip(if: $s) { ...F }', '($s: Boolean!)')],
  ['@skip', events('allConversationEvents @skip(if: false) { id } ...F')],
  ['@include', 'subscription ($s: Boolean!) { ...F } fragment F on Subscription { allConversationEvents @include(if: $s) { id } }'],
])('rejects %s on the root field of a subscription: %s', (directive, text) => {
  expect(judged(text)).toEqual([
    { code: 'GRAPHQL_VALIDATION_FAILED', message: `\`${directive}\` is not allowed on the root field of a subscription.` },
  ]);
});

it('leaves directives below the root field of a subscription alone, and still allows one root field only', () => {
  expect(judged('subscription ($s: Boolean!) { allConversationEvents { id @skip(if: $s) } }')).toBe('accepted');
  expect(judged('subscription { a: allConversationEvents { id } b: allConversationEvents { id } }')).toEqual([
    { code: 'GRAPHQL_VALIDATION_FAILED', message: 'Anonymous Subscription must select only one top level field.' },
  ]);
});

it('rejects a variable whose value would be lost', () => {
  const inbox = (name: string) => `query ($${name}: Int) { inbox(first: $${name}) { latestCursor } }`;
  expect(judged(inbox('__proto__'))).toEqual([
    { code: 'GRAPHQL_VALIDATION_FAILED', message: 'A variable cannot be called "__proto__": choose another name.' },
  ]);
  expect(['constructor', 'hasOwnProperty', '_proto_'].map((name) => judged(inbox(name)))).toEqual(Array(3).fill('accepted'));
});
