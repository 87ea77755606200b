/** The longest filename that we send or hand out, in UTF-8 bytes, as most file systems have it. */
export const MAX_FILENAME_BYTES = 255;

/** Controls (line ends among them), marks of format such as those that turn the direction of text, halves of surrogate pairs, line and paragraph separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** What has a meaning to one file system or another. */
const RESERVED = /[<>:"|?*]/g;

/**
 * A filename that is nothing but a name: its last path segment, without what cannot be seen or would make another name of it, shortened to 255 bytes with its
 * extension kept. Empty where nothing is left.
 */
export function safeFilename(name: string): string {
  const segment = name.replace(INVISIBLE, '').split(/[/\\]/).at(-1) ?? '';
  const visible = segment
    .normalize('NFC')
    .replace(RESERVED, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return shortened(visible);
}

/** What stands behind the last dot, in lower case; empty where there is none. */
export function extensionOf(filename: string): string {
  return /[^.]\.([^.]+)$/.exec(filename)?.[1]?.toLowerCase() ?? '';
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_FILENAME_BYTES) return name;
  const extension = /\.[^.]{1,20}$/.exec(name)?.[0] ?? '';
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem + extension) > MAX_FILENAME_BYTES) stem = Array.from(stem).slice(0, -1).join('');
  return stem + extension;
}
