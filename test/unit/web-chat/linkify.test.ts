import { linkify } from '../../../examples/web-chat/src/linkify.js';

it.each([
  ['nothing to link', 'nothing to link'],
  ['see https://example.com/a?b=c#d now', 'see [https://example.com/a?b=c#d] now'],
  ['at the end: http://example.com.', 'at the end: [http://example.com].'],
  ['(https://example.com/a)', '([https://example.com/a])'],
  ['https://example.com/a_(b)', '[https://example.com/a_(b)]'],
  [
    'www.example.com, or write to me+you@example.co.uk!',
    '[www.example.com→https://www.example.com], or write to [me+you@example.co.uk→mailto:me+you@example.co.uk]!',
  ],
  ['https://example.com/ä/日本', '[https://example.com/ä/日本]'],
  ['هنا: https://example.com/a؟', 'هنا: [https://example.com/a]؟'],
  ['javascript:alert(1) data:text/html,x', 'javascript:alert(1) data:text/html,x'],
  ['https:// and http://[', 'https:// and http://['],
  ['<https://example.com>"https://example.org"', '<[https://example.com]>"[https://example.org]"'],
])('links the addresses in %j', (text, expected) => {
  const shown = linkify(text).map((piece) => {
    if (typeof piece === 'string') return piece;
    return piece.href === piece.text ? `[${piece.text}]` : `[${piece.text}→${piece.href}]`;
  });
  expect(shown.join('')).toBe(expected);
});

it('loses no character of a text, whatever is in it', () => {
  const text = 'a https://x.y/z). b@c.de www. https://?? (www.a.bc/(d) @ http://a.b,';
  expect(
    linkify(text)
      .map((piece) => (typeof piece === 'string' ? piece : piece.text))
      .join(''),
  ).toBe(text);
});
