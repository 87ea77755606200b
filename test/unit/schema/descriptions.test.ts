import { readFileSync } from 'node:fs';
import { isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isSpecifiedScalarType } from 'graphql';
import type { GraphQLField, GraphQLInputField, GraphQLNamedType } from 'graphql';
import { RULES } from '../../../src/auth/rules.js';
import { buildSchema } from '../../../src/resolvers/build-schema.js';

/** [path in the schema, description] */
type Entry = readonly [path: string, description: string | null | undefined];

const schema = buildSchema();

function entriesOf(type: GraphQLNamedType): Entry[] {
  const entries: Entry[] = [[type.name, type.description]];
  if (isEnumType(type)) entries.push(...type.getValues().map(({ name, description }): Entry => [`${type.name}.${name}`, description]));
  if (isInputObjectType(type) || isObjectType(type) || isInterfaceType(type)) {
    const fields: Readonly<Record<string, GraphQLInputField | GraphQLField<unknown, unknown>>> = type.getFields();
    for (const field of Object.values(fields)) {
      entries.push([`${type.name}.${field.name}`, field.description]);
      const args = 'args' in field ? field.args : [];
      entries.push(...args.map(({ name, description }): Entry => [`${type.name}.${field.name}(${name})`, description]));
    }
  }
  return entries;
}

const entries = Object.values(schema.getTypeMap())
  .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  .flatMap(entriesOf);

const bannedWords = JSON.parse(readFileSync(new URL('../../../scripts/banned-words.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

const field = (type: string, name: string) => {
  const owner = schema.getType(type);
  return isObjectType(owner) ? owner.getFields()[name] : undefined;
};

it('describes every type, field, argument, input field and enum value', () => {
  expect(entries.length).toBeGreaterThan(500);
  expect(entries.flatMap(([path, description]) => (description?.trim() ? [] : [path]))).toEqual([]);
});

it('describes each in whole sentences, two at most beside the required role', () => {
  const long = entries.filter(([, description]) => (description ?? '').split(/(?<=[.?!])\s+(?=[A-Z`])/).length > 3);
  const unfinished = entries.filter(([, description]) => !/^[A-Z0-9`].*[.…]$/s.test(description ?? ''));
  expect({ long, unfinished }).toEqual({ long: [], unfinished: [] });
});

it.each(Object.entries(bannedWords))('uses no %s in descriptions, but %s', (pattern) => {
  const banned = new RegExp(pattern, 'i');
  expect(entries.filter(([, description]) => banned.test(description ?? ''))).toEqual([]);
});

it.each([
  ['Query', 'channels', 'Requires the SERVICE or ADMIN role.'],
  ['Channel', 'webhook', 'Requires the ADMIN role.'],
  ['Mutation', 'eraseConversation', 'Requires the SERVICE or ADMIN role.'],
  ['Subscription', 'messageAdded', 'Requires a token with access to the conversation.'],
  ['Query', 'node', 'Requires a token with access to the object (Agent and Channel: SERVICE or ADMIN role; Webhook: ADMIN role).'],
  ['Conversation', 'channel', 'Requires the SERVICE or ADMIN role.'],
])('ends the description of %s.%s with what its access rule requires', (type, name, requirement) => {
  expect(field(type, name)?.description?.endsWith(` ${requirement}`)).toBe(true);
});

it('names the ADMIN role on exactly the fields whose rule requires it', () => {
  const ruled = Object.entries(RULES).flatMap(([type, rules]) =>
    Object.entries(rules).flatMap(([name, rule]) => (rule === 'ADMINS' ? [`${type}.${name}`] : [])),
  );
  const named = entries.flatMap(([path, description]) => (description?.includes('Requires the ADMIN role.') ? [path] : []));
  expect(named.sort()).toEqual(ruled.sort());
});

it('describes the input of a mutation by its input type', () => {
  expect(field('Mutation', 'createChannel')?.args.map(({ name, description }) => [name, description])).toEqual([
    ['input', schema.getType('CreateChannelInput')?.description],
  ]);
});
