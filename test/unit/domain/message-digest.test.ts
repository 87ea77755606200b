import { digestId, isDigestId, messageDigest } from '../../../src/domain/message-digest.js';
import type { MessageContent } from '../../../src/domain/message.js';

const listed: MessageContent = {
  author: { participantId: 'a1', type: 'AGENT', name: 'Ana', language: 'en', removed: false },
  text: 'Größe?\nPlease answer',
  attachments: [
    { attachmentId: 'f1', filename: null, contentType: null },
    { attachmentId: 'f2', filename: null, contentType: null },
  ],
  cards: [{ cardId: 'k1', contentType: 'card/one', content: { a: 1 }, submitted: true, executed: false }],
};
const digestWith = (changes: Partial<MessageContent>) => messageDigest({ ...listed, ...changes });

describe('the digest of a message', () => {
  it('is the same for one message in history and in an event', () => {
    const observed: MessageContent = {
      author: { participantId: 'agent-1', type: 'AGENT', name: null, language: null, removed: null },
      text: ' Gro\u0308ße?\r\nPlease answer\r\n',
      attachments: [
        { attachmentId: 'f2', filename: 'b.png', contentType: 'image/png' },
        { attachmentId: 'f1', filename: 'a.png', contentType: 'image/png' },
      ],
      cards: [{ cardId: null, contentType: 'card/one', content: {}, submitted: false, executed: false }],
    };
    expect(messageDigest(observed)).toBe(messageDigest(listed));
  });

  it('is the same for a null and an empty text', () => {
    expect(digestWith({ text: null })).toBe(digestWith({ text: '' }));
  });

  it('differs by author, text, attachments and cards', () => {
    const digests = [
      digestWith({}),
      digestWith({ author: { ...listed.author, type: 'CUSTOMER' } }),
      digestWith({ text: 'größe?\nPlease answer' }),
      digestWith({ text: 'Größe? Please answer' }),
      digestWith({ attachments: listed.attachments.slice(1) }),
      digestWith({ cards: [] }),
      digestWith({ text: null, attachments: [], cards: [] }),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is 22 characters that do not show the text', () => {
    expect(digestWith({})).toMatch(/^[\w-]{22}$/);
  });
});

describe('the id of a message that is listed without one', () => {
  it('is distinguished from an id of the vendor', () => {
    const own = digestId(messageDigest(listed), 2);
    expect(isDigestId(own, listed)).toBe(true);
    expect(isDigestId(own, { ...listed, text: 'Another' })).toBe(false);
    expect([null, 'Aka5NMHU8MtIG7lUQOxI0DTOvM4', `${messageDigest(listed)}.x`].map((id) => isDigestId(id, listed))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
