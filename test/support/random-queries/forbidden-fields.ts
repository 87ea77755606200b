import { Kind, getNamedType, getOperationAST, isObjectType, parse } from 'graphql';
import type { DocumentNode, GraphQLObjectType, GraphQLSchema, SelectionSetNode } from 'graphql';
import { RULES, isRoleEnough } from '../../../src/auth/rules.js';
import type { ViewerRole } from '../../../src/auth/viewer.js';
import type { Question } from './asker.js';

/** The fields of a result that have a value though the role is not enough for their rule. Below interfaces and unions, only what is selected on one type is looked at. */
export function forbiddenFields(schema: GraphQLSchema, { query, operationName }: Question, data: unknown, role: ViewerRole): string[] {
  const document = parseOrNull(query);
  const operation = document === null ? null : getOperationAST(document, operationName);
  const root = operation ? schema.getRootType(operation.operation) : null;
  if (document === null || !operation || !root) return [];
  const found = new Set<string>();
  const visit = ({ selections }: SelectionSetNode, type: GraphQLObjectType, value: unknown): void => {
    for (const item of Array.isArray(value) ? (value as unknown[]).flat() : [value]) {
      if (typeof item !== 'object' || item === null) continue;
      for (const selection of selections) {
        if (selection.kind !== Kind.FIELD) {
          const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? findFragment(document, selection.name.value) : selection;
          const condition = fragment?.typeCondition?.name.value ?? type.name;
          if (fragment !== undefined && condition === type.name) visit(fragment.selectionSet, type, item);
          continue;
        }
        const name = selection.name.value;
        const key = selection.alias?.value ?? name;
        const under = Object.hasOwn(item, key) ? (item as Record<string, unknown>)[key] : null;
        const rule = RULES[type.name]?.[name];
        if (under !== null && under !== undefined && rule !== undefined && !isRoleEnough(rule, role)) found.add(`${type.name}.${name}`);
        const below = getNamedType(type.getFields()[name]?.type);
        if (selection.selectionSet && isObjectType(below)) visit(selection.selectionSet, below, under);
      }
    }
  };
  visit(operation.selectionSet, root, data);
  return [...found];
}

function parseOrNull(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

const findFragment = ({ definitions }: DocumentNode, wanted: string) =>
  definitions.find((definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === wanted) as
    Extract<DocumentNode['definitions'][number], { kind: Kind.FRAGMENT_DEFINITION }> | undefined;
