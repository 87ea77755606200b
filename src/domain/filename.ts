/** The longest filename in UTF-8 bytes, the limit of most file systems. */
export const MAX_FILENAME_BYTES = 255;

/** Control and format characters (line ends and bidi overrides among them), lone surrogates, line and paragraph separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** Characters that some file system reserves. */
const RESERVED = /[<>:"|?*]/g;

/**
 * A filename that is safe to send: its last path segment without invisible characters, reserved ones replaced, truncated to 255 bytes with its extension kept.
 * Empty if nothing is left.
 */
export function safeFilename(name: string): string {
  const segment = name.replace(INVISIBLE, '').split(/[/\\]/).at(-1) ?? '';
  const visible = segment
    .normalize('NFC')
    .replace(RESERVED, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return truncate(visible);
}

/** The extension without its dot, in lower case; empty if there is none. */
export function parseExtension(filename: string): string {
  return /[^.]\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}

function truncate(name: string): string {
  if (Buffer.byteLength(name) <= MAX_FILENAME_BYTES) return name;
  const extension = /\.[^.]{1,20}$/.exec(name)?.[0] ?? '';
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem + extension) > MAX_FILENAME_BYTES) stem = Array.from(stem).slice(0, -1).join('');
  return stem + extension;
}
