import { percentEncode } from '../../domain/percent-encode.js';

/**
 * A `Content-Disposition` that has a file saved under this name (RFC 6266): in plain ASCII as `filename` and, where that is not all of it, in UTF-8 as `filename*`
 * (RFC 8187) beside it, which those who know it prefer. Without a name, those who save it give it one.
 */
export function contentDisposition(filename: string | null): string {
  if (filename === null || filename === '') return 'attachment';
  // Quotes and backslashes would need escapes, and a percent sign is decoded by some, neither of which all agree upon (RFC 6266, appendix D).
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  return plain === filename ? `attachment; filename="${plain}"` : `attachment; filename="${plain}"; filename*=UTF-8''${extValue(filename)}`;
}

/** `encodeURIComponent` leaves more as it is than `attr-char` of RFC 8187 has. */
function extValue(text: string): string {
  return percentEncode(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
