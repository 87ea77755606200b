import { parseExtension } from './filename.js';

/** RFC 9110, 8.3.1: type and subtype are tokens; parameters need only be well-formed. */
const MEDIA_TYPE =
  /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)(?:\s*;\s*[!#$%&'*+.^_`|~\w-]+=(?:[!#$%&'*+.^_`|~\w-]+|"[^"\\\x00-\x1f]*"))*$/;

/** Types that are not executed when opened. Downloads never render as a page of this origin: see `downloadType`. */
const ALLOWED = [
  /^image\/(?:png|jpeg|gif|webp|avif|heic|heif|bmp|tiff)$/,
  /^(?:audio|video)\/[\w.+-]+$/,
  /^text\/(?:plain|csv|markdown|calendar|vcard)$/,
  /^application\/(?:pdf|rtf|json|zip|msword)$/,
  /^application\/vnd\.(?:ms-excel|ms-powerpoint|ms-outlook)$/,
  /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.[\w.-]+$/,
];

/** Extensions that a system executes or a browser renders as a page, whatever the declared type. */
const BLOCKED_EXTENSIONS = new Set(
  'app apk bat cmd com cpl dll dmg exe gadget hta htm html jar js jse lnk mht mhtml mjs msi msp pif ps1 reg scr sh shtml svg svgz vb vbe vbs ws wsf wsh xht xhtml xml'.split(
    ' ',
  ),
);

/** Image types that no browser sniffs as another type, by extension. */
const IMAGES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

const OTHER_TYPE = 'application/octet-stream';

/** The media type without parameters, in lower case; null if malformed. */
export function mediaType(contentType: string): string | null {
  return MEDIA_TYPE.exec(contentType.trim())?.[1]?.toLowerCase() ?? null;
}

/** Whether files of this media type (as `mediaType` returns it) may be uploaded. */
export function isAllowedType(type: string): boolean {
  return ALLOWED.some((pattern) => pattern.test(type));
}

/** Whether files of this name may be uploaded. */
export function isAllowedName(filename: string): boolean {
  return !BLOCKED_EXTENSIONS.has(parseExtension(filename));
}

/** The `Content-Type` of a download: an image's own type, so that pages can show it; `application/octet-stream` for all else. */
export function downloadType(filename: string | null, contentType: string | null): string {
  const declared = contentType === null ? null : mediaType(contentType);
  if (declared !== null) return [...IMAGES.values()].includes(declared) ? declared : OTHER_TYPE;
  return IMAGES.get(parseExtension(filename ?? '')) ?? OTHER_TYPE;
}
