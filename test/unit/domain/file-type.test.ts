import { downloadType, isAllowedName, isAllowedType, mediaType } from '../../../src/domain/file-type.js';

describe('mediaType', () => {
  it.each([
    ['image/png', 'image/png'],
    [' Text/Plain; charset=UTF-8 ', 'text/plain'],
    ['text/plain;charset="utf-8"; x=y', 'text/plain'],
    ['application/vnd.oasis.opendocument.text', 'application/vnd.oasis.opendocument.text'],
  ])('of %j is %j', (declared, type) => {
    expect(mediaType(declared)).toBe(type);
  });

  it.each(['', 'png', 'image/', '/png', 'image/png/x', 'image png', 'image/png;', 'image/png; x', 'image/png\r\nx: y', 'image/pñg'])(
    'of %j is none',
    (declared) => {
      expect(mediaType(declared)).toBeNull();
    },
  );
});

describe('the upload allowlist', () => {
  it.each([
    'image/png',
    'image/heic',
    'audio/ogg',
    'video/mp4',
    'text/csv',
    'application/pdf',
    'application/zip',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ])('includes %s', (type) => {
    expect(isAllowedType(type)).toBe(true);
  });

  it.each([
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/xml',
    'application/javascript',
    'text/javascript',
    'application/x-msdownload',
    'application/octet-stream',
    'application/x-sh',
    'multipart/form-data',
  ])('does not include %s', (type) => {
    expect(isAllowedType(type)).toBe(false);
  });

  it('blocks by extension, too', () => {
    expect(['a.pdf', 'a', 'a.exe.pdf', 'exe'].map(isAllowedName)).toEqual([true, true, true, true]);
    expect(['a.exe', 'a.HTML', 'a.pdf.js', 'a.svg', 'a.lnk'].map(isAllowedName)).toEqual([false, false, false, false, false]);
  });
});

describe('downloadType', () => {
  it('keeps the type of images', () => {
    expect(downloadType('a.PNG', null)).toBe('image/png');
    expect(downloadType('a', 'image/jpeg; q=1')).toBe('image/jpeg');
  });

  it.each([
    ['a.html', null],
    ['a.html', 'text/html'],
    ['a.svg', 'image/svg+xml'],
    ['a.png', 'text/html'],
    ['a.pdf', 'application/pdf'],
    ['a.txt', null],
    [null, null],
    ['a.png.exe', 'nonsense'],
  ])('downloads %j of type %j as application/octet-stream', (name, type) => {
    expect(downloadType(name, type)).toBe('application/octet-stream');
  });
});
