import { readFileSync } from 'node:fs';
import { buildSchema, isScalarType, isSpecifiedScalarType } from 'graphql';

it('has a specifiedBy URL for every custom scalar', () => {
  const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
  const scalars = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && !isSpecifiedScalarType(type));
  expect(
    scalars
      .map((type) => type.toConfig() as { name: string; specifiedByURL?: string })
      .map(({ name, specifiedByURL }) => [name, specifiedByURL]),
  ).toEqual([
    ['DateTime', 'https://www.rfc-editor.org/rfc/rfc3339'],
    ['JSON', expect.stringMatching(/^http/)],
    ['URL', 'https://www.rfc-editor.org/rfc/rfc3986'],
  ]);
});
