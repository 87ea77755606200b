/** A command failed; the message is shown to its user. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
