/** Where a command writes to. */
export interface CommandOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person reads along. */
  readonly isTerminal?: boolean;
}

/** Whether to print in colours: as FORCE_COLOR says where it is set (all but 0 and false: yes), else not where NO_COLOR is (no-color.org), else on a terminal. */
export function isColoured({ isTerminal = false }: CommandOutput, environment: Readonly<Record<string, string | undefined>>): boolean {
  const { FORCE_COLOR: forced = '', NO_COLOR: none = '', TERM: terminal } = environment;
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return none === '' && isTerminal && terminal !== 'dumb';
}

let isWatched = false;

/** Ends the process quietly, with 1, if whoever reads its output stops before the end, as `head` does. */
function endWithReader(): void {
  if (isWatched) return;
  isWatched = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(1);
  });
}

/** The process's own. */
export const processOutput: CommandOutput = {
  out: (text) => {
    endWithReader();
    process.stdout.write(text);
  },
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY,
};
