import { resourcePath } from '../../../../src/datasources/upstream/resource-path.js';

describe('resourcePath', () => {
  it.each([
    [['c1'], '/c1'],
    [['c1', 'messages', 'm 1'], '/c1/messages/m%201'],
    [['a/b?c#d'], '/a%2Fb%3Fc%23d'],
    [['%2e%2e'], '/%252e%252e'],
    [['...'], '/...'],
    [['é😀'], '/%C3%A9%F0%9F%98%80'],
  ])('encodes %j', (parts, path) => {
    expect(resourcePath(...parts)).toBe(path);
  });

  it.each(['', '.', '..', 'a\nb', 'a\u0000', '\u007f', 'a\ud800', 'x'.repeat(1_001)])('finds nothing that %j can name', (part) => {
    expect(resourcePath('conversations', part, 'messages')).toBeNull();
  });
});
