import graphql from '@graphql-eslint/eslint-plugin';

/** Fields whose name is their whole meaning, wherever they stand. Any other needs a description. */
const SELF_EXPLAINING = [
  ...['agent', 'assignment', 'attachments', 'author', 'cards', 'channel', 'conversation', 'customer', 'message', 'queue', 'webhook'],
  ...['agentId', 'attachmentId', 'channelId', 'conversationId', 'customerId', 'participantId', 'queueId', 'webhookId'],
  ...['company', 'email', 'phone', 'name', 'text', 'url', 'key', 'value', 'properties', 'queuedAt'],
  ...['edges', 'nodes', 'node', 'pageInfo', 'hasNextPage', 'hasPreviousPage', 'field', 'direction', 'code', 'targetId'],
  // Enums, which are described themselves.
  ...['type', 'channelType', 'state', 'role', 'reason', 'sentAs'],
];

/** The lint of schema.graphql, apart from that of the code: `eslint --config eslint.graphql.config.js schema.graphql`. */
export default [
  {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          Argument: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
          'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['query', 'get'], forbiddenSuffixes: ['Query'] },
          'FieldDefinition[parent.name.value=Mutation]': { forbiddenSuffixes: ['Mutation'] },
        },
      ],
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          ignoredSelectors: [
            // Named after the mutation or the list that they belong to, or nothing but the roots.
            '[kind=/TypeDefinition$/][name.value=/(Input|Payload|Connection|Edge)$/]',
            '[kind=ObjectTypeDefinition][name.value=/^(Query|Mutation|Subscription)$/]',
            `[kind=/^(FieldDefinition|InputValueDefinition)$/][name.value=/^(${SELF_EXPLAINING.join('|')})$/]`,
            // Of a mutation; what is in it is described there.
            '[kind=InputValueDefinition][name.value=input]',
          ],
        },
      ],
      '@graphql-eslint/no-typename-prefix': 'off',
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/no-hashtag-description': 'error',
      '@graphql-eslint/unique-enum-value-names': 'error',
      // What a deprecation promises: docs/schema-promise.md.
      '@graphql-eslint/require-deprecation-reason': 'error',
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: true }],
      '@graphql-eslint/relay-connection-types': 'error',
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      '@graphql-eslint/relay-page-info': 'error',
    },
  },
];
