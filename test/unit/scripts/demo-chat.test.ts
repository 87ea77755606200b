import { readFileSync } from 'node:fs';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = (folder: string) =>
  JSON.parse(readFileSync(new URL(`../../../${folder}package.json`, import.meta.url), 'utf8')) as Manifest;

it('the root has every package that the demo chat imports, in the same version, since the chat that is served is bundled from them', () => {
  const wanted = Object.entries(manifest('examples/web-chat/').dependencies).filter(([name]) => name !== 'chat-graphql-gateway-client');
  const { dependencies, devDependencies } = manifest('');
  const present: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies };
  expect(wanted.map(([name]) => [name, present[name]])).toEqual(wanted);
});
