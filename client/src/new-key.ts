/** A key that nobody else has: 128 random bits. `crypto.randomUUID` is there only on pages that come over HTTPS or from the machine itself. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
