import type { Readable } from 'node:stream';

/** Everything that a stream holds now, as text. `read()` returns all of it in one call up to Node 24, and one chunk after the other from Node 26 on. */
export function readAll(stream: Readable): string {
  const next = () => stream.read() as Buffer | null;
  let text = '';
  for (let chunk = next(); chunk !== null; chunk = next()) text += chunk.toString();
  return text;
}
