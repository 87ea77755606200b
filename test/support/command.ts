import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command as built, which `npm test` does first. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** What became of a command. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

function start(args: readonly string[], environment: Environment): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `chat-graphql-gateway` to its end, as a process of its own with nothing but `environment` set. */
export async function run(args: readonly string[], environment: Environment = {}): Promise<Outcome> {
  const child = start(args, environment);
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** A simulated contact centre as a process of its own, and the settings that it prints. */
export interface SimulatorProcess {
  readonly settings: Environment;
  stop(): Promise<void>;
}

export async function startSimulator(...options: string[]): Promise<SimulatorProcess> {
  const child = start(['simulate', ...options], {});
  const settings: Record<string, string> = {};
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    const [name = '', value = ''] = line.split(/=(.*)/s);
    settings[name] = value;
    if (name === 'QUEUE_ID') break;
  }
  return {
    settings,
    async stop() {
      const closed = once(child, 'close');
      child.stdout?.resume();
      child.stderr?.resume();
      child.kill();
      await closed;
    },
  };
}

/** A command that runs until it is stopped. */
export interface RunningCommand {
  /** Resolves with the next line of its output. */
  line(): Promise<string>;
  /** What it has written to stderr so far. */
  stderr(): string;
  /** Ends it as Ctrl-C does; resolves with what it had to say yet. */
  interrupt(): Promise<Omit<Outcome, 'stdout'>>;
}

/** Starts `chat-graphql-gateway` as a process of its own with nothing but `environment` set. */
export function startCommand(args: readonly string[], environment: Environment = {}): RunningCommand {
  const child = start(args, environment);
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`it has ended: ${stderr}`);
      return next.value;
    },
    stderr: () => stderr,
    async interrupt() {
      const closed = once(child, 'close') as Promise<[number | null]>;
      child.kill('SIGINT');
      const [code] = await closed;
      return { code, stderr };
    },
  };
}
