/** The contact centre rejects a request: the object does not exist, or its state does not allow the action. */
export class RejectedRequest extends Error {
  override readonly name = 'RejectedRequest';
  readonly reason: 'unknown' | 'not-now';

  constructor(reason: 'unknown' | 'not-now', message: string) {
    super(message);
    this.reason = reason;
  }
}
