import 'ws';

/** Exported by `ws` 8.23.0 and missing in its types. */
declare module 'ws' {
  export class Sender {
    /** A frame's header and its data. */
    static frame(
      data: Buffer,
      options: Readonly<{ fin: boolean; opcode: number; mask: boolean; readOnly: boolean; rsv1: boolean }>,
    ): Buffer[];
  }
}
