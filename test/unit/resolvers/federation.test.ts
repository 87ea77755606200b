import { readFileSync } from 'node:fs';
import { Kind, isObjectType, isUnionType, parse } from 'graphql';
import type { ObjectTypeDefinitionNode } from 'graphql';
import { buildSchema } from '../../../src/resolvers/build-schema.js';
import { FederationResolver } from '../../../src/resolvers/federation/federation-resolver.js';
import { printSubgraph } from '../../../src/resolvers/federation/print-subgraph.js';

const plain = buildSchema();
const federated = buildSchema([FederationResolver]);
const sdl = printSubgraph(federated);
const objects = new Map(
  parse(sdl)
    .definitions.filter((one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION)
    .map((one) => [one.name.value, one]),
);
const directivesOf = (name: string) =>
  (objects.get(name)?.directives ?? []).map(({ name, arguments: [fields] = [] }) =>
    fields?.value.kind === Kind.STRING ? `@${name.value}(${fields.value.value})` : `@${name.value}`,
  );
const nodes = plain.getPossibleTypes(plain.getType('Node') as never).map(({ name }) => name);

it('adds nothing but _service, _entities and their types to the schema, and nothing at all without', () => {
  const names = (schema: typeof plain) => Object.keys(schema.getTypeMap());
  expect(names(federated).filter((name) => !names(plain).includes(name))).toEqual(expect.arrayContaining(['_Any', '_Entity', '_Service']));
  expect(names(federated)).toHaveLength(names(plain).length + 3);
  const fields = (schema: typeof plain) => Object.keys(schema.getQueryType()?.getFields() ?? {});
  expect(fields(federated).sort()).toEqual([...fields(plain), '_service', '_entities'].sort());
  expect(fields(plain)).not.toContain('_entities');
});

it('has every node as an entity with its key, and conversations with the key that other systems know', () => {
  for (const name of nodes) expect(directivesOf(name)).toContain('@key(id)');
  expect(directivesOf('Conversation')).toEqual(['@key(id)', '@key(conversationId)']);
  const entity = federated.getType('_Entity');
  expect(
    isUnionType(entity) &&
      entity
        .getTypes()
        .map(({ name }) => name)
        .sort(),
  ).toEqual([...nodes].sort());
  for (const [name, { directives = [] }] of objects) if (!nodes.includes(name) && name !== 'PageInfo') expect(directives).toEqual([]);
});

it('shares what other subgraphs define as well, and leaves out what a supergraph has room for once', () => {
  expect(directivesOf('PageInfo')).toEqual(['@shareable']);
  const queries = objects.get('Query')?.fields?.map(({ name }) => name.value) ?? [];
  expect(queries).toContain('conversation');
  expect(queries.filter((name) => /^_|^nodes?$/.test(name))).toEqual([]);
  expect(sdl).not.toMatch(/_Any|_Entity|_Service/);
});

it('prints the rest of the schema as it is', () => {
  for (const type of Object.values(plain.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || type.name === 'Query') continue;
    expect([
      type.name,
      objects
        .get(type.name)
        ?.fields?.map(({ name }) => name.value)
        .sort(),
    ]).toEqual([type.name, Object.keys(type.getFields()).sort()]);
  }
});

it('is in subgraph.graphql', () => {
  expect(printSubgraph(plain)).toBe(sdl);
  expect(readFileSync(new URL('../../../subgraph.graphql', import.meta.url), 'utf8')).toBe(sdl);
});
