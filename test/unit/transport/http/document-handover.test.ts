import { parse } from 'graphql';
import { DocumentHandover } from '../../../../src/transport/http/document-handover.js';

it('holds a document until each request that put it has read it', async () => {
  const handover = new DocumentHandover();
  const document = parse('{ a }');
  handover.put('hash', document);
  handover.put('hash', document);
  expect(await handover.get('schema:hash')).toBe(document);
  expect(await handover.get('schema:hash')).toBe(document);
  expect(await handover.get('schema:hash')).toBeUndefined();
  expect(handover.size).toBe(0);
});
