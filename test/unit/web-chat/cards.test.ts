import { isAdaptive, quickRepliesOf, replyFor } from '../../../examples/web-chat/src/cards/content.js';
import { readable } from '../../../examples/web-chat/src/cards/readable.js';
import { isWebUrl, safeCard } from '../../../examples/web-chat/src/cards/safe.js';

const QUICK_REPLIES = 'application/8x8.quick.replies';

describe('quick replies', () => {
  it('keep what their sender wrote besides the title, when one is chosen', () => {
    const option = { title: 'Refund', data: { postback: 'refund-4711' } };
    const [reply] = quickRepliesOf({ content: { options: [option] } });
    expect(reply && replyFor(reply, true)).toEqual({
      text: 'Refund',
      cards: [{ contentType: QUICK_REPLIES, content: { options: [option] } }],
    });
  });

  it('are sent as text where the contact centre has no cards', () => {
    const [reply] = quickRepliesOf({ content: { options: [{ title: 'Refund', data: 1 }] } });
    expect(reply && replyFor(reply, false)).toEqual({ text: 'Refund' });
  });

  it('with a title alone are sent as text', () => {
    const [reply] = quickRepliesOf({ content: { options: [{ title: 'Yes' }] } });
    expect(reply && replyFor(reply, true)).toEqual({ text: 'Yes' });
  });

  it('may have equal titles', () => {
    const options = [
      { title: 'Yes', data: 1 },
      { title: 'Yes', data: 2 },
    ];
    expect(quickRepliesOf({ content: { options } }).map(({ option }) => option)).toEqual(options);
  });

  it.each([null, 7, 'text', [], {}, { options: null }, { options: {} }, { options: [null, 3, [], { title: 3 }, { title: ' ' }, {}] }])(
    'are none in %j',
    (content) => {
      expect(quickRepliesOf({ content })).toEqual([]);
    },
  );
});

describe('an Adaptive Card', () => {
  it('is known by its type, and by what it says of itself', () => {
    const card = { cardId: null, content: {}, submitted: false, executed: false };
    expect(isAdaptive({ ...card, contentType: 'application/vnd.microsoft.card.adaptive' })).toBe(true);
    expect(isAdaptive({ ...card, contentType: '', content: { type: 'AdaptiveCard' } })).toBe(true);
    expect(isAdaptive({ ...card, contentType: 'Carousel' })).toBe(false);
    expect(isAdaptive({ ...card, contentType: QUICK_REPLIES, content: null })).toBe(false);
  });

  it.each([[{}], [{ version: '1.0' }], [{ version: '9.9' }], [{ version: 2 }]])(
    'of the version in %j has the one that the renderer knows',
    (content) => {
      expect(safeCard(content)).toEqual({ type: 'AdaptiveCard', version: '1.6' });
    },
  );

  it('has no links, pictures or players but of the web', () => {
    const content = {
      body: [
        { type: 'TextBlock', text: 'url', url: 'javascript:alert(1)' },
        { type: 'Image', url: 'data:image/svg+xml,<svg/>' },
        { type: 'Image', url: 'https://example.com/a.png', selectAction: { type: 'Action.OpenUrl', url: 'javascript:alert(1)' } },
        { type: 'Media', sources: [{ url: 'https://example.com/a.mp4' }] },
        { type: 'Container', backgroundImage: { url: 'file:///etc/passwd' }, items: [{ type: 'Media' }] },
      ],
      actions: [
        { type: 'Action.OpenUrl', title: 'bad', url: 'JavaScript:alert(1)' },
        { type: 'Action.OpenUrl', title: 'relative', url: '/admin' },
        { type: 'Action.OpenUrl', title: 'good', url: 'https://example.com/', iconUrl: 'blob:x' },
        { type: 'Action.Http', url: 'https://example.com/' },
        { type: 'Action.ShowCard', card: { actions: [{ type: 'Action.OpenUrl', url: 'vbscript:x' }] } },
      ],
    };
    expect(safeCard(content)).toEqual({
      type: 'AdaptiveCard',
      version: '1.6',
      body: [
        { type: 'TextBlock', text: 'url', wrap: true },
        { type: 'Image' },
        { type: 'Image', url: 'https://example.com/a.png' },
        { type: 'Container', backgroundImage: {}, items: [] },
      ],
      actions: [
        { type: 'Action.OpenUrl', title: 'good', url: 'https://example.com/' },
        { type: 'Action.ShowCard', card: { actions: [] } },
      ],
    });
  });

  it('may be nested without end', () => {
    let content: Record<string, unknown> = { type: 'TextBlock' };
    for (let depth = 0; depth < 10_000; depth += 1) content = { items: [content] };
    expect(JSON.stringify(safeCard(content)).length).toBeLessThan(1_000);
    expect(readable(content)).toEqual({ lines: [], links: [] });
  });
});

describe('an address', () => {
  it.each(['https://example.com', 'HTTP://example.com/a?b#c'])('%s is followed', (url) => {
    expect(isWebUrl(url)).toBe(true);
  });
  it.each([
    'javascript:alert(1)',
    ' java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc',
    'tel:1',
    '//example.com',
    '/a',
    '',
    null,
    7,
  ])('%j is not', (url) => {
    expect(isWebUrl(url)).toBe(false);
  });
});

describe('a card in words', () => {
  it('says what its author wrote for this case, and keeps its links', () => {
    const content = {
      type: 'Carousel',
      fallbackText: 'Three offers',
      cards: [{ title: 'One', buttons: [{ title: 'See it', url: 'https://example.com/1' }] }],
    };
    expect(readable(content)).toEqual({ lines: ['Three offers'], links: [{ title: 'See it', href: 'https://example.com/1' }] });
  });

  it.each([
    [
      'buttons',
      { text: 'Which one?', buttons: [{ type: 'postback', title: 'This' }, { title: 'That' }] },
      ['Which one?', 'This', 'That'],
      [],
    ],
    [
      'a place',
      { latitude: 46.77, longitude: 23.6, name: 'Our office' },
      ['Our office'],
      [{ title: 'Our office', href: 'https://www.openstreetmap.org/?mlat=46.77&mlon=23.6' }],
    ],
    [
      'a template',
      { template: { body: { text: 'Your order is on its way' }, header: { image: { type: 'image', url: 'https://example.com/a.png' } } } },
      ['Your order is on its way'],
      [],
    ],
    ['suggestions', { suggestions: ['Yes', 'No'] }, ['Yes', 'No'], []],
    ['bad links', { title: 'Click', url: 'javascript:alert(1)' }, ['Click'], []],
    ['a link without a title', { url: 'https://example.com/a/b' }, [], [{ title: 'example.com', href: 'https://example.com/a/b' }]],
    ['nothing', null, [], []],
    ['a text', 'text', [], []],
    ['a place that is none', { latitude: 460, longitude: 'x' }, [], []],
  ])('reads %s', (_kind, content, lines, links) => {
    expect(readable(content)).toEqual({ lines, links });
  });
});
