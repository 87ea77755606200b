import { Kind, valueFromASTUntyped } from 'graphql';
import type { FieldNode, GraphQLFormattedError, OperationDefinitionNode } from 'graphql';

/** What identifies an entity: its type and the fields of a key. */
const KEY_FIELDS = ['__typename', 'id', 'conversationId'];
/** No global id is longer. */
const MAX_KEY_LENGTH = 2_048;

/**
 * An error at an entity, or below it, with the entity's key in `extensions.entity`, as far as the router sent one: routers put results together anew, and do not keep the
 * index in the error's path. Any other error is left as it is.
 */
export function withEntity(
  error: GraphQLFormattedError,
  operation: OperationDefinitionNode | undefined,
  variables: Readonly<Record<string, unknown>> | undefined,
): GraphQLFormattedError {
  const [responseName, index] = error.path ?? [];
  if (typeof index !== 'number') return error;
  const field = operation?.selectionSet.selections.find((one) => isField(one) && (one.alias ?? one.name).value === responseName);
  const argument =
    field !== undefined && isEntities(field) ? field.arguments?.find(({ name }) => name.value === 'representations') : undefined;
  if (argument === undefined) return error;
  const list = valueFromASTUntyped(argument.value, variables);
  const entity = toKey(Array.isArray(list) ? list[index] : list);
  return Object.keys(entity).length === 0 ? error : { ...error, extensions: { ...error.extensions, entity } };
}

const isField = (selection: { readonly kind: Kind }): selection is FieldNode => selection.kind === Kind.FIELD;
const isEntities = (selection: { readonly kind: Kind }): selection is FieldNode =>
  isField(selection) && selection.name.value === '_entities';

function toKey(representation: unknown): Record<string, string> {
  const fields = Object(representation) as Readonly<Record<string, unknown>>;
  const key: Record<string, string> = {};
  for (const name of KEY_FIELDS) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string' && value.length <= MAX_KEY_LENGTH) key[name] = value;
  }
  return key;
}
