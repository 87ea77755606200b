/** `T` as `JSON.parse` returns it after `JSON.stringify`: its dates, however deep, are ISO 8601 strings. */
export type Stored<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Stored<Item>[]
    : T extends object
      ? { [K in keyof T]: Stored<T[K]> }
      : T;
