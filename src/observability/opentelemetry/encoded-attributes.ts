import type { AttributeValue, Attributes } from '@opentelemetry/api';

/** How many values of one key are kept. Those of ids would fill any number. */
const MAX_VALUES = 100;

/** Attributes as fields of a protobuf message; each that repeats is encoded once. */
export class EncodedAttributes {
  readonly #values = new Map<string, Map<unknown, Buffer>>();

  /** `field`: the number of the field that they are in. */
  constructor(private readonly field: number) {}

  one(key: string, value: AttributeValue | undefined): Buffer {
    const values = this.#valuesOf(key);
    const known = values.get(value);
    if (known !== undefined) return known;
    const encoded = tagged(this.field, tagged(1, Buffer.from(key)), tagged(2, encodeValue(value)));
    if (values.size < MAX_VALUES) values.set(value, encoded);
    return encoded;
  }

  all(attributes: Attributes): Buffer[] {
    return Object.entries(attributes).map(([key, value]) => this.one(key, value));
  }

  #valuesOf(key: string): Map<unknown, Buffer> {
    let values = this.#values.get(key);
    if (values === undefined) {
      values = new Map();
      this.#values.set(key, values);
    }
    return values;
  }
}

/** An `AnyValue` of opentelemetry/proto/common/v1/common.proto. Of the types that attributes here have. */
function encodeValue(value: AttributeValue | undefined): Buffer {
  if (typeof value === 'string') return tagged(1, Buffer.from(value));
  if (typeof value === 'boolean') return Buffer.from([0x10, value ? 1 : 0]);
  if (typeof value !== 'number') return Buffer.alloc(0);
  if (Number.isSafeInteger(value)) return Buffer.from([0x18, ...varint(BigInt.asUintN(64, BigInt(value)))]);
  const bytes = Buffer.alloc(9, 0x21);
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** A field with a length: a text, bytes or a message made of these parts. */
export function tagged(field: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(BigInt(length))]), ...parts]);
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}
