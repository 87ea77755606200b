import { getNamedType, isInterfaceType, isObjectType } from 'graphql';
import type { GraphQLField } from 'graphql';
import { buildSchema } from '../../../src/resolvers/build-schema.js';

/** Only a log that is followed by polling has no backwards. */
const FORWARD_ONLY = ['Query.eventFeed'];

const connections = Object.values(buildSchema().getTypeMap()).flatMap((type) =>
  isObjectType(type) || isInterfaceType(type)
    ? Object.values(type.getFields())
        .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
        .map((field): [string, GraphQLField<unknown, unknown>] => [`${type.name}.${field.name}`, field])
    : [],
);

const argumentsOf = (field: GraphQLField<unknown, unknown>) =>
  Object.fromEntries(field.args.map(({ name, type, defaultValue }) => [name, [String(type), defaultValue]]));

it('has the connections that are checked here', () => {
  const names = connections.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['Query.inbox', 'Query.conversations', 'Conversation.messages', ...FORWARD_ONLY]));
});

it.each(connections)('%s can be read from both ends, unless it goes forward only', (name, field) => {
  const forward = { first: ['Int', undefined], after: ['String', undefined] };
  const backward = { last: ['Int', undefined], before: ['String', undefined] };
  const found = argumentsOf(field);
  if (!FORWARD_ONLY.includes(name)) expect(found).toMatchObject({ ...forward, ...backward });
  else expect(found).not.toHaveProperty('last');
});
