// In the bundle, this is `@apollo/utils.createhash`, which takes its hashes from JavaScript there. Apollo hashes the text of each request; from us it gets one and the same.
import { createHash as hashOf } from 'node:crypto';

let last = { kind: '', text: '', hex: '' };

/** For one text at a time, told in hexadecimal digits as Apollo wants it. */
export const createHash = (kind) => ({
  update: (text) => ({
    digest() {
      if (kind !== last.kind || text !== last.text) last = { kind, text, hex: hashOf(kind).update(text).digest('hex') };
      return last.hex;
    },
  }),
});
