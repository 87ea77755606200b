import { readConfig } from './config.js';
import { WorkerExitGuard } from './events/sqlite/worker-exit-guard.js';
import { LogUnavailableError } from './events/port/errors.js';
import { createGateway } from './gateway.js';
import type { Gateway } from './gateway.js';
import type { Addresses } from './composition/addresses.js';
import { loadTelemetry } from './composition/load-telemetry.js';
import { createLogger, describeError } from './observability/logger.js';
import type { Logger, LogLevel } from './observability/logger.js';
import { ConfigError } from './env-reader.js';
import { surviveAbandonedErrors } from './transport/execution/abandoned-errors.js';
import { VERSION } from './version.js';

const USAGE = `usage: chat-graphql-gateway [COMMAND] [options]

  serve     run the gateway; its settings come from the environment (the default)
  simulate  run a simulated contact centre by itself
  setup     register this gateway's webhook and channel
  heal      look for events that no webhook reported
  doctor    check whether the contact centre behaves as the gateway assumes
  token     issue a token for development, for AUTH=jwt
  log       back up the event log (backup), or restore it from a backup (restore)
  sinks     show how events are delivered to URLs (status), or send dead letters again (retry)
  events    follow events (tail), send some (send), print or resend them (replay)

options:
  -h, --help
  --version  print the version

See "chat-graphql-gateway COMMAND --help".
`;

/** How long a batch of the event log may take to end, when the process is about to. It takes milliseconds. */
const BATCH_ENDS_MS = 1_000;

void main(process.argv.slice(2));

async function main([command = 'serve', ...argv]: readonly string[]): Promise<void> {
  if (command === 'serve') return serve(argv);
  if (command === 'simulate') return simulateAlone(argv);
  if (command === 'setup') return exitWith((await import('./cli/setup.js')).setup(argv, process.env));
  if (command === 'doctor') return exitWith((await import('./cli/doctor.js')).doctor(argv, process.env));
  if (command === 'heal') return exitWith((await import('./cli/heal.js')).heal(argv, process.env));
  if (command === 'token') return exitWith((await import('./cli/token.js')).token(argv, process.env));
  if (command === 'log') return exitWith((await import('./cli/log.js')).log(argv, process.env));
  if (command === 'sinks') return exitWith((await import('./cli/sinks.js')).sinks(argv, process.env));
  if (command === 'events') return eventsUntilStopped(argv);
  if (command === '--version' || command === '-v' || command === 'version') {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  const asked = command === '--help' || command === '-h';
  (asked ? process.stdout : process.stderr).write(asked ? USAGE : `unknown command "${command}"\n${USAGE}`);
  process.exitCode = asked ? 0 : 2;
}

async function serve(argv: readonly string[]): Promise<void> {
  const code = argv.length === 0 ? null : (await import('./cli/serve-options.js')).readServeOptions(argv);
  if (code !== null) {
    process.exitCode = code;
    return;
  }
  process.on('exit', endLogThreads);
  const started = await start();
  if (started !== null) onceAskedToStop((signal) => stopLogged(started, signal));
}

interface Started {
  readonly gateway: Gateway;
  readonly logger: Logger;
}

/** The log distinguishes a stop from a crash, and shows how long it took. */
async function stopLogged({ gateway, logger }: Started, signal: NodeJS.Signals): Promise<void> {
  const startedAt = performance.now();
  logger.info({ signal, sockets: gateway.sockets }, 'stopping');
  try {
    await gateway.close();
    logger.info({ durationMs: Math.round(performance.now() - startedAt) }, 'stopped');
  } catch (error) {
    logger.error({ error, durationMs: Math.round(performance.now() - startedAt) }, 'stop failed');
    throw error;
  }
}

async function start(): Promise<Started | null> {
  try {
    const config = readConfig(process.env);
    const telemetry = await loadTelemetry(config.telemetry);
    const logger = createLogger(config.logLevel);
    surviveAbandonedErrors(process, logger);
    for (const warning of config.warnings) logger.warn({ setting: warning }, 'setting without effect');
    const gateway = await createGateway(config, { logger, telemetry });
    const addresses = await gateway.listen().catch(async (error: unknown) => {
      await gateway.close();
      throw error;
    });
    const { graphqlUrl, wsUrl, webhookUrl } = addresses;
    loggerAtInfo(config.logLevel, logger).info({ graphqlUrl, wsUrl, webhookUrl, upstream: config.upstream.kind }, 'listening');
    if (process.stderr.isTTY) process.stderr.write(banner(addresses, gateway, config.production));
    return { gateway, logger };
  } catch (error) {
    process.stderr.write(`${formatStartError(error)}\n`);
    process.exitCode = 1;
    return null;
  }
}

/** Where a gateway listens is always logged, unless nothing is. */
const loggerAtInfo = (level: LogLevel, logger: Logger): Logger =>
  level === 'warn' || level === 'error' || level === 'fatal' ? createLogger('info') : logger;

/** One line for each error, for operators. */
function formatStartError(error: unknown): string {
  if (error instanceof ConfigError) return error.errors.map((line) => `Setting ${line}.`).join('\n');
  if (error instanceof LogUnavailableError) return `Cannot start: ${error.reason}.`;
  if (error instanceof Error && 'syscall' in error) return `Cannot start: ${error.message}.`;
  return `Cannot start: ${JSON.stringify(describeError(error))}`;
}

function banner({ url, graphqlUrl, wsUrl, webhookUrl }: Addresses, { simulator }: Gateway, production: boolean): string {
  const lines = [`GraphQL        ${graphqlUrl}`, `Subscriptions  ${wsUrl}`, `Webhooks       ${webhookUrl}`];
  if (!production) lines.unshift(`Start page     ${url}/`);
  if (simulator !== null) lines.push(`Contact centre simulated; channel ${simulator.channelId}`);
  return `\n${lines.map((line) => `  ${line}\n`).join('')}\n`;
}

async function simulateAlone(argv: readonly string[]): Promise<void> {
  const { simulate } = await import('./cli/simulate.js');
  const { simulator, exitCode } = await simulate(argv);
  if (simulator !== null) onceAskedToStop(() => simulator.close());
  else process.exitCode = exitCode;
}

async function eventsUntilStopped(argv: readonly string[]): Promise<void> {
  const { events } = await import('./cli/events/events.js');
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  // Who reads has had enough, as `head` does.
  process.stdout.on('error', () => process.exit(0));
  return exitWith(events(argv, process.env, stop.signal));
}

async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

/** On the first SIGTERM or SIGINT; a second one does not wait. */
function onceAskedToStop(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    stop(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** However the process ends, a log's thread may be in the middle of something; one whose disk does not answer would keep the process for ever. */
function endLogThreads(): void {
  if (!WorkerExitGuard.endAll(BATCH_ENDS_MS)) process.kill(process.pid, 'SIGKILL');
}
