import { parseExtension, safeFilename } from '../../../src/domain/filename.js';

describe('safeFilename', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['Zusammenfassung für Ana.docx', 'Zusammenfassung für Ana.docx'],
    ['報告.pdf', '報告.pdf'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\windows\\win.ini', 'win.ini'],
    ['C:evil.txt', 'C_evil.txt'],
    ['a\r\nSet-Cookie: x=1.txt', 'aSet-Cookie_ x=1.txt'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['a\u0000b.txt', 'ab.txt'],
    ['zero\u200Bwidth.txt', 'zerowidth.txt'],
    ['half\uD800.txt', 'half.txt'],
    ['..', ''],
    ['.', ''],
    ['/', ''],
    ['', ''],
    ['.htaccess', 'htaccess'],
    ['  a.txt. ', 'a.txt'],
    ['what?<really>|"yes"*.txt', 'what__really___yes__.txt'],
  ])('makes %j %j', (given, name) => {
    expect(safeFilename(given)).toBe(name);
  });

  it('truncates to 255 bytes, keeping whole characters and the extension', () => {
    const name = safeFilename(`${'é'.repeat(300)}.pdf`);
    expect(name).toBe(`${'é'.repeat(125)}.pdf`);
    expect(Buffer.byteLength(safeFilename('😀'.repeat(200)))).toBe(252);
  });
});

describe('extensionOf', () => {
  it.each([
    ['a.PDF', 'pdf'],
    ['a.tar.gz', 'gz'],
    ['a', ''],
    ['.profile', ''],
    ['a.', ''],
  ])('of %j is %j', (name, extension) => {
    expect(parseExtension(name)).toBe(extension);
  });
});
