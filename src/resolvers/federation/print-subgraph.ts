import { Kind, lexicographicSortSchema, parse, print, printSchema } from 'graphql';
import type { ConstDirectiveNode, DefinitionNode, GraphQLSchema, ObjectTypeDefinitionNode } from 'graphql';
import { ENTITIES } from '../../schema/federation/entity.js';

/** The lowest version that has all we use; some composers do not know the newest. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])';

/** Object types that other subgraphs define in the same way, and resolve for themselves. */
const SHAREABLE: readonly string[] = ['PageInfo'];
/** Which routers provide for themselves, or which every subgraph may have of its own for its own objects: a supergraph has room for one only. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = { Query: ['_entities', '_service', 'node', 'nodes'] };
const LEFT_OUT_TYPES: readonly string[] = ['_Any', '_Entity', '_Service'];

const printed = new WeakMap<GraphQLSchema, string>();

/** A schema as the subgraph that composers read: with the directives of Apollo Federation, and without what a supergraph does not need of it. */
export function printSubgraph(schema: GraphQLSchema): string {
  let sdl = printed.get(schema);
  if (sdl === undefined) {
    const { definitions, ...document } = parse(printSchema(lexicographicSortSchema(schema)));
    sdl = `${LINK}\n\n${print({ ...document, definitions: definitions.filter(isKept).map(withDirectives) })}\n`;
    printed.set(schema, sdl);
  }
  return sdl;
}

const isKept = (definition: DefinitionNode): boolean => !('name' in definition && LEFT_OUT_TYPES.includes(definition.name.value));

function withDirectives(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
  const { name, fields, directives = [] } = definition;
  const leftOut = LEFT_OUT[name.value] ?? [];
  return {
    ...definition,
    fields: (fields ?? []).filter((field) => !leftOut.includes(field.name.value)),
    directives: [...directives, ...federationDirectives(name.value)],
  };
}

/** Parsed, as they would be written behind the name of the type. */
function federationDirectives(name: string): readonly ConstDirectiveNode[] {
  const keys = Object.hasOwn(ENTITIES, name) ? ENTITIES[name as keyof typeof ENTITIES].keys : [];
  const written = [...keys.map((fields) => `@key(fields: "${fields}")`), ...(SHAREABLE.includes(name) ? ['@shareable'] : [])];
  const [type] = parse(`type ${name} ${written.join(' ')}`).definitions as [ObjectTypeDefinitionNode];
  return type.directives ?? [];
}
