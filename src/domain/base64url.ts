/** Shared by all calls, which are synchronous: dozens per response and one per event, so that none allocates a buffer. */
const scratch = Buffer.allocUnsafeSlow(4_096);

/** `text` as UTF-8, in base64url. */
export function toBase64url(text: string): string {
  // A UTF-16 code unit is up to three bytes in UTF-8.
  if (3 * text.length > scratch.length) return Buffer.from(text).toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(text));
}
