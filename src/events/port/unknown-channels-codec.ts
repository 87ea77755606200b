/** Ids of channels from the JSON that they are stored as; undefined or null for none. */
export function decodeUnknownChannels(stored: string | null | undefined): readonly string[] {
  return stored === null || stored === undefined ? [] : (JSON.parse(stored) as string[]);
}
