import { readForm } from '../../../src/simulator/http/multipart.js';

const TYPE = 'multipart/form-data; boundary=B';
const part = (name: string, content: string, more = '') =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;

/** The body in pieces of so many bytes. */
async function* inPieces(body: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) yield Promise.resolve(bytes.subarray(at, at + size));
}

const read = async (body: string, size = 1_000, maxBytes = 1_000, type = TYPE) => {
  const parts = await readForm(type, inPieces(body, size), { maxBytes });
  return parts.map(({ name, filename, contentType, chunks }) => ({
    name,
    filename,
    contentType,
    content: Buffer.concat(chunks).toString(),
  }));
};

it.each([1, 2, 3, 7, 64, 1_000])('reads a form in pieces of %i bytes', async (size) => {
  const tricky = 'a\r\n--\r\n--C\r\n--\r\n-B\r\n';
  const body = `${part('authorType', 'bot')}${part('attachment', tricky, '; filename="ü%22.txt"\r\nContent-Type: text/plain')}--B--\r\n`;
  expect(await read(body, size)).toEqual([
    { name: 'authorType', filename: undefined, contentType: undefined, content: 'bot' },
    { name: 'attachment', filename: 'ü".txt', contentType: 'text/plain', content: tricky },
  ]);
});

it('reads what a browser writes', async () => {
  const form = new FormData();
  form.set('authorType', 'user');
  form.set('attachment', new File(['\r\n\r\n'], 'a b.txt', { type: 'text/plain' }));
  const response = new Response(form);
  const body = Buffer.from(await response.arrayBuffer()).toString();
  const parts = await read(body, 10, 1_000, response.headers.get('content-type') ?? '');
  expect(parts.map(({ name, filename, content }) => [name, filename, content])).toEqual([
    ['authorType', undefined, 'user'],
    ['attachment', 'a b.txt', '\r\n\r\n'],
  ]);
});

it('ignores a preamble and an epilogue, and keeps an empty part', async () => {
  expect(await read(`preamble\r\n${part('a', '')}--B--\r\nepilogue`)).toMatchObject([{ name: 'a', content: '' }]);
});

it.each([
  ['ends in a part', part('a', 'x')],
  ['ends in a head', '--B\r\nContent-Disposition: form-data'],
  ['is empty', ''],
  ['has a boundary that goes on', `${part('a', 'x')}--Bx\r\n`],
])('rejects a form that %s', async (_what, body) => {
  await expect(read(body)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

it('ignores a part without a name', async () => {
  expect(await read(`--B\r\n\r\nx\r\n${part('a', 'y')}--B--`)).toMatchObject([{ name: 'a', content: 'y' }]);
});

it('keeps the path in a file name', async () => {
  expect(await read(`${part('a', 'x', '; filename="b/c.txt"')}--B--`)).toMatchObject([{ filename: 'b/c.txt' }]);
});

it('rejects a form without a boundary', async () => {
  await expect(read('', 1, 1, 'multipart/form-data')).rejects.toMatchObject({ name: 'InvalidRequest' });
});

it('rejects a form as soon as it exceeds the limit', async () => {
  const body = async function* () {
    yield Buffer.from(part('a', 'x'.repeat(1_100)));
    await Promise.reject(new Error('read on'));
  };
  await expect(readForm(TYPE, body(), { maxBytes: 1_000 })).rejects.toMatchObject({ statusCode: 413 });
});
