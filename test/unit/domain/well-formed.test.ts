import { percentEncode } from '../../../src/domain/percent-encode.js';
import { isWellFormed, toWellFormed } from '../../../src/domain/well-formed.js';

it.each([
  ['', '', ''],
  ['a b', 'a b', 'a%20b'],
  ['😀', '😀', '%F0%9F%98%80'],
  ['\ud83d', '\ufffd', '%EF%BF%BD'],
  ['\ude00\ud83da', '\ufffd\ufffda', '%EF%BF%BD%EF%BF%BDa'],
])('%j is %j as Unicode text, and %s in a URL', (text, wellFormed, encoded) => {
  expect([isWellFormed(text), toWellFormed(text), percentEncode(text)]).toEqual([text === wellFormed, wellFormed, encoded]);
});
