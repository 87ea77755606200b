import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Finding } from '../datasources/diagnostics/finding.js';
import { WEBHOOK_PATH, findGeneration } from '../datasources/generations.js';
import { checkSinkChannels } from './check-sink-channels.js';
import { formatErrorLines } from './format-error.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';
import { realUpstream } from './real-upstream.js';

const USAGE = 'usage: chat-graphql-gateway doctor [--json]';
const HELP = `${USAGE}

Reads the contact centre that the settings name (those that "serve" reads), changes nothing, and reports whether it behaves as this gateway assumes, a line
for each check; with SINKS_FILE, also whether the channels that it names exist. Has the contact centre send a verification request to PUBLIC_URL, which a
running gateway acknowledges.

options:
  --json      print one JSON object at the end
  -h, --help

exit codes: 0 nothing differs, 1 something does, or it could not be reached, 2 wrong arguments
`;

const WORDS: Readonly<Record<Finding['result'], string>> = { ok: 'ok', differs: 'differs', unknown: 'unknown' };
const WIDTH = Math.max(...Object.values(WORDS).map(({ length }) => length));

/**
 * Reads the contact centre that the settings name, changes nothing, and reports whether it behaves as this gateway assumes: a line for each check.
 *
 * @param argv the arguments after `doctor`
 * @returns the code to exit with: 0 nothing differs, 1 something does, or it could not be reached, 2 wrong arguments
 */
export async function doctor(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = processOutput,
): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'string') {
    output.err(`doctor: ${options} (${USAGE})\n`);
    return 2;
  }
  if (options.help) {
    output.out(HELP);
    return 0;
  }
  try {
    const findings = await examine(environment, options.json ? () => undefined : (finding) => output.out(line(finding)));
    if (options.json) output.out(`${JSON.stringify({ findings })}\n`);
    return findings.some(({ result }) => result === 'differs') ? 1 : 0;
  } catch (error) {
    for (const line of formatErrorLines(error)) output.err(`doctor: ${line}\n`);
    return 1;
  }
}

async function examine(
  environment: Readonly<Record<string, string | undefined>>,
  report: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const { upstream, publicUrl, sinks } = realUpstream(environment);
  const options = {
    clock: Date.now,
    webhookUrl: publicUrl === null ? null : `${publicUrl}${WEBHOOK_PATH}`,
    nonsense: `doctor-${randomUUID()}`,
  };
  const generation = findGeneration(upstream);
  const findings = await generation.diagnose(upstream, options, report);
  if (sinks === null) return findings;
  const api = generation.createChatApi(upstream, { clock: Date.now });
  try {
    const finding = await checkSinkChannels(api, sinks);
    if (finding === null) return findings;
    report(finding);
    return [...findings, finding];
  } finally {
    await api.close();
  }
}

function line({ check, result, detail }: Finding): string {
  return `${WORDS[result].padEnd(WIDTH)}  ${check}: ${detail}\n`;
}

function readOptions(argv: readonly string[]): { readonly help: boolean; readonly json: boolean } | string {
  try {
    return parseArgs({
      args: [...argv],
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
