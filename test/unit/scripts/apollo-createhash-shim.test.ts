import { createHash as hashOf } from 'node:crypto';

interface Script {
  createHash(kind: string): { update(text: string): { digest(encoding: 'hex'): string } };
}

it('makes the hashes that Node makes, of the same text again too', async () => {
  const { createHash } = (await import(new URL('../../../scripts/bundle/apollo-createhash-shim.js', import.meta.url).href)) as Script;
  for (const [kind, text] of [
    ['sha256', '{ __typename }'],
    ['sha256', '{ __typename }'],
    ['sha512', '{ __typename }'],
    ['sha512', ''],
    ['sha256', ''],
  ] as const)
    expect(createHash(kind).update(text).digest('hex')).toBe(hashOf(kind).update(text).digest('hex'));
});
