import type { Attributes } from '@opentelemetry/api';
import type { SpanAttributes } from '../tracing.js';

/** Of a value, in characters. Names of operations are as long as clients like. */
const MAX_LENGTH = 256;

/** Attributes as they are exported: what was set later counts, what is undefined is left out, and long texts are cut. */
export function toAttributes(first: SpanAttributes, further: SpanAttributes | null): Attributes {
  const attributes: Attributes = {};
  add(attributes, first);
  if (further !== null) add(attributes, further);
  return attributes;
}

function add(attributes: Attributes, added: SpanAttributes): void {
  for (const name in added) {
    const value = added[name];
    if (value !== undefined) attributes[name] = typeof value === 'string' && value.length > MAX_LENGTH ? value.slice(0, MAX_LENGTH) : value;
  }
}
