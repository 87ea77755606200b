// The contact centre behind every subject: responds with prepared bytes, immediately or after `DELAY_MS`, so that it is never the bottleneck. Conversations of any id
// exist. Their messages are years old, or a few minutes where the id begins with `recent`; where it begins with `files`, each has a file. With `LISTED=recent` the list of
// conversations holds 100 of those, others each time it is asked for.
import { createServer } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { MESSAGES, contentOf } from '../lib/conversations.js';

const DELAY_MS = Number(process.env.DELAY_MS ?? 0);
const LISTS_RECENT = process.env.LISTED === 'recent';
const STARTED_AT = Date.now();
let listed = 0;
/** By the request line: of what is asked for again and again, which conversations `c…` are. */
const made = new Map();
/** By the request line without the conversation's id: of all others. */
const templates = new Map();

const answer = (body, type = 'application/hal+json', status = '200 OK') => {
  const bytes = Buffer.from(JSON.stringify(body));
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\n\r\n`), bytes]);
};
const NOT_FOUND = answer({ title: 'Not Found', status: 404 }, 'application/problem+json', '404 Not Found');
const NOTHING = Buffer.from('HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n');

const conversation = (id) => ({
  id,
  channelId: 'channel-1',
  state: 'active',
  assignment: { type: 'queue', id: 'queue-1' },
  user: { name: `Customer of ${id}`, email: 'customer@example.com', language: 'en', userId: `user-${id}`, additionalProperties: [] },
});
const message = (id, n) => {
  const { text, at, author } = contentOf(id, n, STARTED_AT);
  return {
    id: `${id}-m${n}`,
    text,
    createdAt: new Date(at).toISOString(),
    author: { ...author, removed: false, language: 'en' },
    attachments: id.startsWith('files') ? [{ id: `${id}-f${n}` }] : [],
    cards: [],
  };
};
const list = (rel, items, total = items.length) => ({
  _embedded: { [rel]: items },
  _links: { self: { href: '/' } },
  page: { size: items.length, number: 0, totalElements: total, totalPages: 1 },
});

function messages(id, query) {
  const size = Number(query.get('size') ?? MESSAGES);
  const all = Array.from({ length: MESSAGES }, (_, n) => message(id, n));
  const ordered = query.get('sort') === 'createdAt:desc' ? all.reverse() : all;
  const page = Number(query.get('page') ?? 0);
  return list('messages', ordered.slice(page * size, (page + 1) * size), MESSAGES);
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function make(method, target) {
  const url = new URL(target, 'http://upstream');
  const path = url.pathname.replace('/chat-gateway/v1', '');
  if (path.startsWith('/jwk/')) {
    const { n, e } = publicKey.export({ format: 'jwk' });
    return answer({ kty: 'RSA', n, e, kid: 'bench-key', alg: 'RS256', use: 'sig' }, 'application/json');
  }
  if (LISTS_RECENT && path === '/conversations') {
    const items = Array.from({ length: 100 }, () => conversation(`recent-${String((listed += 1)).padStart(8, '0')}`));
    return answer(list('conversations', items, 100));
  }
  const [, id, part] = /^\/conversations\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (method !== 'GET') return NOTHING;
  if (path === '/conversations') {
    const size = Number(url.searchParams.get('size'));
    const page = Number(url.searchParams.get('page'));
    const items = Array.from({ length: size }, (_, n) => conversation(`c${page * size + n}`));
    return answer(list('conversations', items, 100_000));
  }
  if (path.startsWith('/channels/'))
    return answer({ id: 'channel-1', name: 'Web', type: 'api', webHookId: 'w1', routingOptions: { type: 'queue', id: 'queue-1' } });
  if (id === undefined) return NOT_FOUND;
  if (part === undefined) return answer(conversation(id));
  if (part === 'messages') return answer(messages(id, url.searchParams));
  if (part === 'interactions')
    return answer(list('interactions', [{ id: `i-${id}`, startTime: new Date(1_700_000_000_000).toISOString() }]));
  if (part === 'attachments')
    return answer(
      list(
        'attachments',
        Array.from({ length: MESSAGES }, (_, n) => ({ id: `${id}-f${n}`, filename: `${n}.pdf`, sizeInBytes: 1_000 })),
      ),
    );
  if (part === 'participants') return answer(list('participants', [{ id: 'user', type: 'user', removed: false, language: 'en' }]));
  return NOT_FOUND;
}

const ID = /(?<=\/conversations\/)[^/? ]+/;

/** What is asked for once is made from what was made for another id of its kind and length, which costs next to nothing, and not kept. */
function answerOf(line) {
  const [id] = ID.exec(line) ?? [];
  if (LISTS_RECENT && line.includes('/conversations?')) return make(...line.split(' '));
  if (id === undefined || id.startsWith('c') || !line.startsWith('GET')) return kept(line);
  const [kind] = /^[a-z]+/.exec(id);
  const placeholder = kind + '~'.repeat(id.length - kind.length);
  const like = line.replace(id, placeholder);
  let template = templates.get(like);
  if (template === undefined) {
    template = make(...like.split(' ')).latin1Slice();
    templates.set(like, template);
  }
  return Buffer.from(template.replaceAll(placeholder, id), 'latin1');
}

function kept(line) {
  let bytes = made.get(line);
  if (bytes === undefined) {
    const [method, target] = line.split(' ');
    bytes = make(method, target);
    made.set(line, bytes);
  }
  return bytes;
}

const server = createServer({ noDelay: true }, (socket) => {
  let buffered = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffered += chunk.latin1Slice();
    for (;;) {
      const end = buffered.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = buffered.slice(0, end);
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0;
      if (buffered.length < end + 4 + Number(length)) return;
      buffered = buffered.slice(end + 4 + Number(length));
      const bytes = answerOf(head.slice(0, head.indexOf(' HTTP/1.1')));
      if (DELAY_MS === 0) socket.write(bytes);
      else setTimeout(() => socket.write(bytes), DELAY_MS);
    }
  });
});

process.on('SIGTERM', () => process.exit(0));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log(
    JSON.stringify({
      msg: 'listening',
      url,
      port: server.address().port,
      startedAt: STARTED_AT,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    }),
  );
});
