import { getNamedType, isInputObjectType, isObjectType } from 'graphql';
import type { GraphQLArgument, GraphQLSchema } from 'graphql';
import { NODE_RULES, RULES } from '../auth/rules.js';
import type { Rule } from '../auth/rules.js';

/** The root types, which no class defines. */
const ROOT_TYPES: Readonly<Record<string, string>> = {
  Query: 'Read operations.',
  Mutation: 'Write operations. Errors that the caller can fix are in `userErrors` of the payload.',
  Subscription: 'Live events, which can be resumed without gaps or duplicates after a `cursor`.',
};

/** What each access rule requires, in a sentence. */
const REQUIREMENTS: Readonly<Record<Rule, string>> = {
  PUBLIC: 'Requires no token.',
  AUTHENTICATED: 'Requires a token of any role.',
  SERVICES: 'Requires the SERVICE or ADMIN role.',
  ADMINS: 'Requires the ADMIN role.',
  CONVERSATION: 'Requires a token with access to the conversation.',
  CONVERSATIONS: 'The CUSTOMER role only sees its own conversations.',
  OWN_CREATION: 'The CUSTOMER role only creates conversations for itself.',
  NODE: `Requires a token with access to the object (${nodesWith('SERVICES')}: SERVICE or ADMIN role; ${nodesWith('ADMINS')}: ADMIN role).`,
};

function nodesWith(rule: Rule): string {
  return Object.keys(NODE_RULES)
    .filter((type) => NODE_RULES[type] === rule)
    .join(' and ');
}

/**
 * Completes the descriptions with what is known elsewhere, so that nobody repeats it by hand: what the access rule of a field requires and, at an argument without a
 * description, that of its input type.
 */
export function describeSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    type.description ??= ROOT_TYPES[type.name];
    for (const field of Object.values(type.getFields())) {
      field.args.forEach(describeInput);
      const rule = RULES[type.name]?.[field.name];
      if (rule !== undefined) field.description = [field.description, REQUIREMENTS[rule]].filter(Boolean).join(' ');
    }
  }
  return schema;
}

function describeInput(argument: GraphQLArgument): void {
  const type = getNamedType(argument.type);
  if (isInputObjectType(type)) argument.description ??= type.description;
}
