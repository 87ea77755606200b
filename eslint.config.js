import boundaries from 'eslint-plugin-boundaries';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom. A folder that is missing here may be imported by nobody but the composition. A folder within another stands before it: the first pattern
 * that matches a file decides.
 */
const walls = {
  domain: ['domain'],
  observability: ['observability'],
  schema: ['schema', 'domain'],
  datasources: ['datasources', 'webhook-format', 'domain', 'observability'],
  'events/port': ['events/port', 'domain'],
  events: ['events', 'events/port', 'domain', 'observability'],
  auth: ['auth', 'domain'],
  resolvers: ['resolvers', 'schema', 'context', 'auth', 'datasources', 'events', 'events/port', 'domain'],
  context: ['context', 'datasources', 'events', 'events/port', 'auth', 'domain', 'observability'],
  webhooks: ['webhooks', 'webhook-format', 'events', 'events/port', 'domain', 'observability'],
  // The port of `webhooks/`, which each generation in `datasources/` implements.
  'webhook-format': ['domain', 'observability'],
  transport: ['transport', 'context', 'auth', 'events/port', 'domain', 'observability'],
  simulator: ['simulator'],
  sinks: ['sinks', 'datasources', 'events', 'events/port', 'domain', 'observability'],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'build/',
      'node_modules/',
      'test/operations/operations.generated.ts',
      'coverage/',
      'client/src/generated/',
      // Have packages of their own, and their types are checked when they are built.
      'examples/web-chat/',
      'examples/recipes/*.tsx',
      'examples/recipes/{graphql-sse,graphql-tools,meros,trusted-documents,villus}.ts',
      '**/__generated__/',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      // The classes of the schema are shapes, filled from records.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import/resolver': { typescript: { project: './tsconfig.json' } },
      'import-x/resolver': { typescript: { project: './tsconfig.json' } },
      'boundaries/include': ['src/**/*'],
      'boundaries/elements': [
        // The first that matches counts.
        { type: 'webhook-format', pattern: 'src/webhooks/webhook-format.ts', mode: 'full' },
        ...Object.keys(walls).map((folder) => ({ type: folder, pattern: `src/${folder}/**/*`, mode: 'full' })),
        { type: 'cli', pattern: 'src/cli/**/*', mode: 'full' },
        { type: 'composition', pattern: ['src/composition/**/*', 'src/*.ts'], mode: 'full' },
      ],
    },
    rules: {
      'boundaries/no-unknown': 'error',
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: [
            ...Object.entries(walls).map(([from, allow]) => ({ from, allow })),
            { from: ['composition', 'cli'], allow: ['*', 'events/port'] },
          ],
        },
      ],
      'import-x/no-cycle': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='LRUCache'] Property[key.name='max']",
          message: 'With `max`, room for all entries is allocated immediately: use `entryLimit` (domain/entry-limit.ts).',
        },
      ],
    },
  },
  {
    // type-graphql fills decorated fields; the classes are shapes.
    files: ['src/schema/**/*.ts', 'src/resolvers/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/unbound-method': 'off', '@typescript-eslint/no-unsafe-assignment': 'off' } },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
