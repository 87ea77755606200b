import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A line of the log, as operators get it. */
export type Line = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string; readonly time: string };

/** The built gateway in a process of its own, started as `npm start` does, with all that it writes. */
export class ObservedProcess {
  #stdout = '';
  #stderr = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;

  /**
   * Nothing of this process's own environment is handed on but the path.
   * @param main of another build
   */
  constructor(settings: Readonly<Record<string, string>>, main = MAIN) {
    const env = { PATH: process.env['PATH'], PORT: '0', ...settings };
    this.#child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#closed = once(this.#child, 'close');
  }

  /** What it logged so far; fails where a line is no JSON. */
  get lines(): Line[] {
    return this.#stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  /** The line with this message, once it is there. */
  async line(msg: string): Promise<Line> {
    for (;;) {
      const found = this.lines.find((line) => line.msg === msg);
      if (found !== undefined) return found;
      const gone = await Promise.race([once(this.#child.stdout, 'data').then(() => false), this.#closed.then(() => true)]);
      if (gone) throw new Error(`it ended without the line "${msg}": ${this.#stderr}`);
    }
  }

  /** Nobody takes its lines any more, as when what collects them has ended. */
  stopReading(): void {
    this.#child.stdout.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits for its end: how it exited, and what it wrote to stderr. */
  async exited(): Promise<{ code: number | null; stderr: string }> {
    await this.#closed;
    return { code: this.#child.exitCode, stderr: this.#stderr };
  }

  /** For the end of a test, however it went. */
  async dispose(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** The settings that a start was refused for, as its errors name them, in alphabetical order. Other lines are returned as they are. */
export const rejectedSettings = (stderr: string): string[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => /^Setting (\w+): .*must/.exec(line)?.[1] ?? line)
    .sort();
