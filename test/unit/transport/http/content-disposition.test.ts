import { contentDisposition } from '../../../../src/transport/http/content-disposition.js';

describe('contentDisposition', () => {
  it.each([
    [null, 'attachment'],
    ['', 'attachment'],
    ['report 1.pdf', 'attachment; filename="report 1.pdf"'],
    ['naïve.txt', 'attachment; filename="na_ve.txt"; filename*=UTF-8\'\'na%C3%AFve.txt'],
    ["€ it's (50%)*.txt", "attachment; filename=\"_ it's (50_)*.txt\"; filename*=UTF-8''%E2%82%AC%20it%27s%20%2850%25%29%2A.txt"],
    ['a"b\\c', 'attachment; filename="a_b_c"; filename*=UTF-8\'\'a%22b%5Cc'],
    ['\ud800.png', 'attachment; filename="_.png"; filename*=UTF-8\'\'%EF%BF%BD.png'],
    ['😀.png', 'attachment; filename="_.png"; filename*=UTF-8\'\'%F0%9F%98%80.png'],
  ])('of %j is %j', (name, header) => {
    expect(contentDisposition(name)).toBe(header);
  });

  it('is one line of Latin text, whatever the name', () => {
    expect(contentDisposition('a\r\nb\u0000\u0080.txt')).toMatch(/^[\x20-\x7e]*$/);
  });
});
