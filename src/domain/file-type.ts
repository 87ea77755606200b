import { extensionOf } from './filename.js';

/** RFC 9110, 8.3.1: type and subtype are tokens; of the parameters we only see that they are well-formed. */
const MEDIA_TYPE =
  /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)(?:\s*;\s*[!#$%&'*+.^_`|~\w-]+=(?:[!#$%&'*+.^_`|~\w-]+|"[^"\\\x00-\x1f]*"))*$/;

/** What people send one another. Nothing here is run by opening it, and nothing is shown as a page of ours: downloads are typed by `downloadType`. */
const ALLOWED = [
  /^image\/(?:png|jpeg|gif|webp|avif|heic|heif|bmp|tiff)$/,
  /^(?:audio|video)\/[\w.+-]+$/,
  /^text\/(?:plain|csv|markdown|calendar|vcard)$/,
  /^application\/(?:pdf|rtf|json|zip|msword)$/,
  /^application\/vnd\.(?:ms-excel|ms-powerpoint|ms-outlook)$/,
  /^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.[\w.-]+$/,
];

/** What a system runs, or a browser shows as a page, going by its name, whatever type it is declared as. */
const REFUSED_EXTENSIONS = new Set(
  'app apk bat cmd com cpl dll dmg exe gadget hta htm html jar js jse lnk mht mhtml mjs msi msp pif ps1 reg scr sh shtml svg svgz vb vbe vbs ws wsf wsh xht xhtml xml'.split(
    ' ',
  ),
);

/** Pictures that no browser takes for anything else, by their extension. */
const PICTURES: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

const OTHER_TYPE = 'application/octet-stream';

/** The media type without parameters, in lower case; null where it is not well-formed. */
export function mediaType(contentType: string): string | null {
  return MEDIA_TYPE.exec(contentType.trim())?.[1]?.toLowerCase() ?? null;
}

/** Whether files of this media type (as `mediaType` gives it) may be uploaded. */
export function isAllowedType(type: string): boolean {
  return ALLOWED.some((pattern) => pattern.test(type));
}

/** Whether files of this name may be uploaded. */
export function isAllowedName(filename: string): boolean {
  return !REFUSED_EXTENSIONS.has(extensionOf(filename));
}

/** As what a file is handed out: a picture as such, so that pages can show it, and anything else as mere bytes. */
export function downloadType(filename: string | null, contentType: string | null): string {
  const told = contentType === null ? null : mediaType(contentType);
  if (told !== null) return [...PICTURES.values()].includes(told) ? told : OTHER_TYPE;
  return PICTURES.get(extensionOf(filename ?? '')) ?? OTHER_TYPE;
}
