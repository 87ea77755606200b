import { readFileSync } from 'node:fs';
import type { EnvReader } from './env-reader.js';
import { vendorId } from './schema/global-id.js';
import { parseSinks } from './sinks/settings.js';
import type { SinkSettings } from './sinks/settings.js';

/** The receivers that `SINKS_FILE` lists; null if it is not set. Their documents are checked later, against the schema. */
export function readSinks(read: EnvReader): readonly SinkSettings[] | null {
  const path = read.optional('SINKS_FILE');
  if (path === null) return null;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    read.addError('SINKS_FILE', 'must name a file that holds a JSON list of sinks; the file cannot be read');
    return [];
  }
  const addFault = (fault: string) => read.addError('SINKS_FILE', fault);
  const sinks = parseSinks(text, addFault);
  for (const [index, { name, channelIds }] of sinks.entries()) {
    const wrong = channelIds?.filter((id) => vendorId('Channel', id) === null) ?? [];
    if (wrong.length > 0)
      addFault(
        `${name === '' ? `sink ${index + 1}` : `sink "${name}"`}: channelIds: must be a list of ids of channels; these are ids of something else: ${wrong.join(', ')}`,
      );
  }
  return sinks;
}
