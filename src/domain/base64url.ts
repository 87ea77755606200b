/** Texts are written by the dozen for an answer, and one for each event: in one buffer, so that none is allocated for each. */
const scratch = Buffer.allocUnsafeSlow(4_096);

/** The base64url of a text's UTF-8. */
export function base64urlOf(text: string): string {
  // A character takes up to three bytes.
  if (3 * text.length > scratch.length) return Buffer.from(text).toString('base64url');
  return scratch.toString('base64url', 0, scratch.write(text));
}
