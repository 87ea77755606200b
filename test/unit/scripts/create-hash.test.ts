import { createHash as hashOf } from 'node:crypto';
import { createHash } from '../../../scripts/create-hash.js';

it('makes the hashes that Node makes, of the same text again too', () => {
  for (const [kind, text] of [
    ['sha256', '{ __typename }'],
    ['sha256', '{ __typename }'],
    ['sha512', '{ __typename }'],
    ['sha512', ''],
    ['sha256', ''],
  ] as const)
    expect(createHash(kind).update(text).digest('hex')).toBe(hashOf(kind).update(text).digest('hex'));
});
